import ModelRuntime

/// One step's graph: from a batch to the loss and the gradient of every adapter parameter.
final class TrainingStepComputation {
  let layout: AdapterLayout
  let inputs: BatchInputs
  /// All A and B, flat; see `AdapterLayout`.
  let parameters: GraphTensor
  let gradient: GraphTensor
  private let arena: TensorArena
  private let graph: TensorGraph
  private let loss: GraphTensor
  private let squaredNorm: GraphTensor
  /// `[vocabulary, selected]`; readable only where asked for.
  let logits: GraphTensor

  /// - Parameters:
  ///   - dropout: the masks of every adapter; nil for none.
  ///   - keepsLogits: whether `logits` may be read after `run`; costs their memory.
  init(
    _ weights: BaseWeights, layout: AdapterLayout, scale: Float, inputs: BatchInputs,
    dropout: DropoutMasks? = nil, on backend: ComputeBackend, keepsLogits: Bool = false
  ) throws {
    self.layout = layout
    self.inputs = inputs
    arena = try TensorArena(capacity: 2, on: backend)
    parameters = try arena.tensor(layout.shape, name: "parameters")
    gradient = try arena.tensor(layout.shape, name: "gradient")
    try arena.allocate()

    // A block takes about 250 operations; the rest some 40.
    graph = try TensorGraph(capacity: weights.blocks.count * 400 + 200, on: backend)
    let tape = Tape(graph: graph)
    var adapters: [Decoder.AdapterKey: LowRankPair] = [:]
    for entry in layout.entries {
      let key = Decoder.AdapterKey(block: entry.block, module: entry.module)
      adapters[key] = LowRankPair(
        a: tape.parameter(
          try graph.view(parameters, at: entry.offset, as: layout.aShape(entry))),
        b: tape.parameter(
          try graph.view(parameters, at: layout.bOffset(entry), as: layout.bShape(entry))),
        scale: scale, dropout: dropout?[key])
    }
    let decoder = Decoder(weights: weights, adapters: adapters)
    let logits = try decoder.logits(inputs.decoder, on: tape)
    self.logits = logits.value
    loss = try tape.crossEntropy(logits, targets: inputs.targets, weights: inputs.weights)
    try tape.backward()

    if keepsLogits { try graph.compute(logits.value, keep: true) }
    try graph.compute(loss, keep: true)
    for entry in layout.entries {
      let key = Decoder.AdapterKey(block: entry.block, module: entry.module)
      guard let pair = adapters[key] else { continue }
      for (variable, offset) in [(pair.a, entry.offset), (pair.b, layout.bOffset(entry))] {
        guard let value = tape.gradient(of: variable) else { continue }
        try graph.compute(
          graph.copy(value, into: graph.view(gradient, at: offset, as: variable.shape)))
      }
    }
    squaredNorm = try graph.sum(graph.square(gradient))
    try graph.compute(squaredNorm, keep: true)
    try graph.prepare()
  }

  /// Computes loss and gradient for what the inputs hold.
  func run() throws -> (loss: Float, gradientNorm: Float) {
    try graph.run()
    let squared = try squaredNorm.floats()[0]
    return (try loss.floats()[0], squared.squareRoot())
  }

  /// The bytes of intermediate results.
  var byteCount: Int { graph.byteCount }
}
