import ModelRuntime

/// Computes how likely answers are under the parameters as they are; nothing is kept for a gradient.
final class DenseLikelihoods {
  private let graph: TensorGraph
  private let inputs: DenseBatchInputs
  private let losses: GraphTensor
  private let capacity: (tokens: Int, selected: Int)

  /// - Parameters:
  ///   - layout: where adapters lie in `parameters`.
  ///   - parameters: read anew at each computation.
  ///   - tokens: positions at once; no sample may have more.
  ///   - selected: positions with loss at once; no sample may have more.
  ///   - step: in whose memory to compute, where it suffices.
  init(
    _ model: DenseModel, layout: AdapterLayout, scale: Float, parameters: DenseParameters,
    tokens: Int, selected: Int, within step: DenseStep? = nil, on backend: ComputeBackend
  ) throws {
    capacity = (tokens, selected)
    inputs = try DenseBatchInputs(
      tokens: tokens, selected: selected, for: model.dimensions, on: backend)
    let forward = DenseForward(
      model: model, layout: layout, scale: scale, adapters: parameters.narrowed,
      gradient: parameters.gradient)
    graph = try TensorGraph(capacity: forward.capacity, on: backend)
    losses = try forward.losses(
      inputs, on: Tape(graph: graph, dense: inputs.batch, isRecording: false))
    try graph.compute(losses, keep: true)
    try graph.prepare(within: step?.graph)
  }

  /// The bytes of intermediate results.
  var byteCount: Int { graph.byteCount }

  /// ln p of each sample's answer, summed over its tokens.
  ///
  /// - Parameter isCancelled: asked between computations.
  /// - Throws: `CancellationError`, `GraphError`.
  func logarithms(of samples: [TokenisedExample], isCancelled: () -> Bool = { false }) throws
    -> [Double]
  {
    var result: [Double] = []
    var rest = samples[...]
    while !rest.isEmpty {
      if isCancelled() { throw CancellationError() }
      let count = max(fitting(rest), 1)
      let batch = JudgedBatch(
        answers: rest.prefix(count).map {
          JudgedBatch.Answer(tokens: $0.targets, reference: 0, isGood: $0.isGood)
        })
      try inputs.fill(Array(rest.prefix(count)))
      try graph.run()
      result += batch.ratios(try losses.floats())
      rest = rest.dropFirst(count)
    }
    return result
  }

  /// How many of the first samples have room at once.
  private func fitting(_ samples: ArraySlice<TokenisedExample>) -> Int {
    var (tokens, selected) = (0, 0)
    return samples.prefix {
      tokens += $0.length
      selected += $0.targets
      return tokens <= capacity.tokens && selected <= capacity.selected
    }.count
  }
}
