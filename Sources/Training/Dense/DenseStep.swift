import Kernels
import ModelRuntime

/// One step of kernels: from a batch to the losses and the gradient of everything that is trained.
final class DenseStep {
  /// Of everything that is trained.
  let layout: any ParameterLayout
  /// Where adapters lie in it; `none` where the weights themselves are trained.
  let adapterLayout: AdapterLayout
  /// F32 `[selected]`: each row's `−ln p`; 0 past the batch's.
  let losses: GraphTensor
  /// Its numbers and their gradient.
  let trained: DenseParameters
  let graph: TensorGraph
  /// F32: the sum of the gradient's squares, a stretch at a time.
  private let squares: GraphTensor
  private let batch: DenseBatch

  /// A step that trains adapters.
  convenience init(
    _ model: DenseModel, layout: AdapterLayout, scale: Float, dropout: Float = 0,
    seed: UInt64 = 0, recomputes: Bool = false, inputs: DenseBatchInputs,
    on backend: ComputeBackend
  ) throws {
    try self.init(
      model, DenseParameters(layout, element: model.element, on: backend), layout: layout,
      scale: scale, dropout: dropout, seed: seed, recomputes: recomputes, inputs: inputs,
      on: backend)
  }

  /// A step that trains `trained`: adapters where `layout` has any, else the model's own weights.
  ///
  /// - Parameter recomputes: whether only the inputs of blocks are kept for the backward part, which
  ///   computes the blocks again: less memory, the same numbers.
  init(
    _ model: DenseModel, _ trained: DenseParameters, layout: AdapterLayout = .none,
    scale: Float = 0, dropout: Float = 0, seed: UInt64 = 0, recomputes: Bool = false,
    inputs: DenseBatchInputs, on backend: ComputeBackend
  ) throws {
    self.layout = trained.layout
    self.trained = trained
    adapterLayout = layout
    batch = inputs.batch
    let gradient = trained.gradient
    let forward = DenseForward(
      model: model, layout: layout, scale: scale, dropout: dropout, seed: seed,
      recomputes: recomputes, adapters: trained.narrowed, gradient: gradient)
    graph = try TensorGraph(capacity: forward.capacity, on: backend)
    let tape = Tape(graph: graph, dense: inputs.batch)
    losses = try forward.losses(inputs, on: tape)
    try graph.compute(losses, keep: true)
    try tape.backward()
    squares = try Self.squares(of: gradient, on: graph)
    try graph.compute(squares, keep: true)
    try graph.prepare()
  }

  /// Computes losses and gradient for what the inputs hold.
  ///
  /// - Parameter adding: whether to the gradient that is there, rather than to zero.
  /// - Returns: what the batch's objective says, and the norm of its gradient.
  func run(adding: Bool = false) throws -> (loss: Float, gradientNorm: Float) {
    if !adding { try gradient.clear() }
    try graph.run()
    let norm = try squares.floats().reduce(0.0) { $0 + Double($1) }.squareRoot()
    return (Float(batch.loss), Float(norm))
  }

  /// Stretches are of a fixed length, so that any number of threads gives the same norm.
  private static func squares(of gradient: GraphTensor, on graph: TensorGraph) throws -> GraphTensor
  {
    let (count, length) = (gradient.shape.count, 1 << 14)
    let stretches = (count + length - 1) / length
    return try graph.kernel("squares", TensorShape(stretches), inputs: [gradient]) { call in
      let sums = call.output.assumingMemoryBound(to: Float.self)
      for stretch in call.share(of: stretches) {
        let first = stretch * length
        sums[stretch] = Rows.squares(
          of: call.inputs[0] + first * 4, count: min(length, count - first))
      }
    }
  }

  /// All that is trained, flat; see `ParameterLayout`.
  var parameters: GraphTensor { trained.vector }
  /// What each run adds to.
  var gradient: GraphTensor { trained.gradient }
  /// What products read of the parameters.
  var adapters: NarrowedParameters { trained.narrowed }

  /// What the operations of all runs took.
  var operations: [OperationTime] { graph.operationTimes }

  /// The bytes of intermediate results.
  var byteCount: Int { graph.byteCount }
}
