import ModelRuntime
import SystemPackage

@testable import Training

/// The logits of kernels: those whose likelihoods are trained on, kept whole.
enum DenseLogits {
  /// - Returns: a row of logits for each token of each sample but the last ones, side by side.
  static func compute(
    _ path: FilePath, _ samples: [[Int32]], element: GraphElement, packed: Bool
  ) throws -> [[Float]] {
    let backend = try ComputeBackend(threads: 2)
    let model = try DenseModel(
      GGUFFile(path), element: element, keepsQuantised: packed, on: backend)
    let layout = AdapterLayout(model.dimensions, targets: [.output], rank: 2)
    // B is zero, so that the adapter does nothing.
    let parameters = try DenseParameters(layout, element: element, on: backend)
    try parameters.vector.write(layout.initialValues(seed: 1))
    let count = samples.reduce(0) { $0 + $1.count - 1 }
    let inputs = try DenseBatchInputs(
      tokens: count, selected: count, for: model.dimensions, on: backend)
    let adapters = parameters.narrowed
    let forward = DenseForward(
      model: model, layout: layout, scale: 1, adapters: adapters, gradient: parameters.gradient)
    let graph = try TensorGraph(capacity: forward.capacity, on: backend)
    try adapters.refresh(on: graph)
    let tape = Tape(graph: graph, dense: inputs.batch, isRecording: false)
    let decoder = DenseDecoder(
      model: model, layout: layout, scale: 1, dropout: 0, seed: 0,
      adapters: DenseAdapters(parameters: adapters.narrowed, gradient: parameters.gradient))
    let states = try decoder.states(inputs.decoder, on: tape)
    let words = model.output.outputs
    let logits = try graph.kernel(
      "logits", TensorShape(words, count), inputs: [states.value]
    ) { call in
      let share = call.share(of: words, step: 16)
      try model.output.forward(
        call.inputs[0], rows: count, columns: share, into: call.output + share.lowerBound * 4,
        stride: words, .f32, call.products)
    }
    try graph.compute(logits, keep: true)
    try graph.prepare()
    try inputs.fill(
      samples.enumerated().map { index, tokens in
        TokenisedExample(
          row: index + 1, tokens: tokens, isAnswer: tokens.indices.map { $0 > 0 })
      })
    try graph.run()
    let values = try logits.floats()
    return (0..<count).map { Array(values[$0 * words..<($0 + 1) * words]) }
  }
}
