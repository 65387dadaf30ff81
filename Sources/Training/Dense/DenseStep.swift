import ModelRuntime

/// One step of kernels: from a batch to the losses and the gradient of every adapter parameter.
final class DenseStep {
  let layout: AdapterLayout
  /// All A and B, flat; see `AdapterLayout`.
  let parameters: GraphTensor
  /// What each run adds to.
  let gradient: GraphTensor
  /// F32 `[selected]`: each row's `−ln p`; 0 past the batch's.
  let losses: GraphTensor
  /// What products read of the parameters.
  let adapters: NarrowedParameters
  private let arena: TensorArena
  private let graph: TensorGraph
  private let squaredNorm: GraphTensor
  private let batch: DenseBatch

  /// - Parameter recomputes: whether only the inputs of blocks are kept for the backward part, which
  ///   computes the blocks again: less memory, the same numbers.
  init(
    _ model: DenseModel, layout: AdapterLayout, scale: Float, dropout: Float = 0,
    seed: UInt64 = 0, recomputes: Bool = false, inputs: DenseBatchInputs,
    on backend: ComputeBackend
  ) throws {
    self.layout = layout
    batch = inputs.batch
    arena = try TensorArena(capacity: 3, on: backend)
    parameters = try arena.tensor(layout.shape, name: "parameters")
    gradient = try arena.tensor(layout.shape, name: "gradient")
    let narrowed = try arena.tensor(layout.shape, model.element, name: "narrowed")
    try arena.allocate()
    adapters = NarrowedParameters(parameters: parameters, narrowed: narrowed)

    let forward = DenseForward(
      model: model, layout: layout, scale: scale, dropout: dropout, seed: seed,
      recomputes: recomputes, adapters: adapters, gradient: gradient)
    graph = try TensorGraph(capacity: forward.capacity, on: backend)
    let tape = Tape(graph: graph, dense: inputs.batch)
    losses = try forward.losses(inputs, on: tape)
    try graph.compute(losses, keep: true)
    try tape.backward()
    squaredNorm = try graph.sum(graph.square(gradient))
    try graph.compute(squaredNorm, keep: true)
    try graph.prepare()
  }

  /// Computes losses and gradient for what the inputs hold.
  ///
  /// - Parameter adding: whether to the gradient that is there, rather than to zero.
  /// - Returns: what the batch's objective says, and the norm of its gradient.
  func run(adding: Bool = false) throws -> (loss: Float, gradientNorm: Float) {
    if !adding { try gradient.write([Float](repeating: 0, count: layout.shape.count)) }
    try graph.run()
    return (Float(batch.loss), try squaredNorm.floats()[0].squareRoot())
  }

  /// What the operations of all runs took.
  var operations: [OperationTime] { graph.operationTimes }

  /// The bytes of intermediate results.
  var byteCount: Int { graph.byteCount }
}
