import Kernels
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
  private let arena: TensorArena
  private let graph: TensorGraph
  private let squaredNorm: GraphTensor
  private let batch: DenseBatch

  init(
    _ model: DenseModel, layout: AdapterLayout, scale: Float, dropout: Float = 0,
    seed: UInt64 = 0, inputs: DenseBatchInputs, on backend: ComputeBackend
  ) throws {
    self.layout = layout
    batch = inputs.batch
    arena = try TensorArena(capacity: 3, on: backend)
    let parameters = try arena.tensor(layout.shape, name: "parameters")
    self.parameters = parameters
    gradient = try arena.tensor(layout.shape, name: "gradient")
    let narrowed = try arena.tensor(layout.shape, model.element, name: "narrowed")
    try arena.allocate()

    // A block takes about 40 operations.
    graph = try TensorGraph(capacity: model.blocks.count * 60 + 100, on: backend)
    let tape = Tape(graph: graph, dense: inputs.batch)
    let element = model.element
    // First of all: what products read of the parameters.
    let refreshed = try graph.kernel(
      "refresh", TensorShape(1), inputs: [parameters, narrowed]
    ) { call in
      let share = call.share(of: layout.count, step: 1024)
      Rows.narrow(
        call.inputs[0] + share.lowerBound * 4, count: share.count,
        into: call.inputs[1] + share.lowerBound * element.size, element.kernel)
    }
    try graph.compute(refreshed)
    let decoder = DenseDecoder(
      model: model, layout: layout, scale: scale, dropout: dropout, seed: seed,
      adapters: DenseAdapters(parameters: narrowed, gradient: gradient))
    let states = try decoder.states(inputs.decoder, on: tape)
    losses = try tape.crossEntropy(
      states, model.output, targets: inputs.targets)
    try graph.compute(losses, keep: true)
    try tape.backward()
    squaredNorm = try graph.sum(graph.square(gradient))
    try graph.compute(squaredNorm, keep: true)
    try graph.prepare()
  }

  /// Computes losses and gradient for what the inputs hold, from a gradient of zero.
  ///
  /// - Returns: what the batch's objective says, and the norm of its gradient.
  func run() throws -> (loss: Float, gradientNorm: Float) {
    try gradient.write([Float](repeating: 0, count: layout.shape.count))
    try graph.run()
    return (Float(batch.loss), try squaredNorm.floats()[0].squareRoot())
  }

  /// The bytes of intermediate results.
  var byteCount: Int { graph.byteCount }
}

/// The memory of a batch's inputs, and how it is filled.
struct DenseBatchInputs {
  let batch = DenseBatch()
  let decoder: DenseInputs
  /// I32 `[selected]`.
  let targets: GraphTensor
  private let arena: TensorArena

  init(tokens: Int, selected: Int, on backend: ComputeBackend) throws {
    arena = try TensorArena(capacity: 5, on: backend)
    let (rows, chosen) = (TensorShape(tokens), TensorShape(selected))
    decoder = DenseInputs(
      tokens: try arena.tensor(rows, .i32, name: "tokens"),
      positions: try arena.tensor(rows, .i32, name: "positions"),
      starts: try arena.tensor(rows, .i32, name: "starts"),
      selected: try arena.tensor(chosen, .i32, name: "selected"))
    targets = try arena.tensor(chosen, .i32, name: "targets")
    try arena.allocate()
  }

  /// Writes samples side by side.
  func fill(_ samples: [TokenisedExample]) throws {
    let (capacity, chosen) = (decoder.tokens.shape.count, targets.shape.count)
    var tokens: [Int32] = []
    var positions: [Int32] = []
    var starts: [Int32] = []
    var selected: [Int32] = []
    var goals: [Int32] = []
    for sample in samples {
      let start = Int32(tokens.count)
      for offset in 0..<sample.length {
        if sample.isAnswer[offset + 1] {
          selected.append(Int32(tokens.count))
          goals.append(sample.tokens[offset + 1])
        }
        tokens.append(sample.tokens[offset])
        positions.append(Int32(offset))
        starts.append(start)
      }
    }
    guard tokens.count <= capacity, selected.count <= chosen else {
      throw GraphError.countMismatch(tensor: "tokens", expected: capacity, found: tokens.count)
    }
    batch.tokens = tokens.count
    batch.selected = selected.count
    func padded(_ values: [Int32], _ count: Int) -> [Int32] {
      values + [Int32](repeating: 0, count: count - values.count)
    }
    try decoder.tokens.write(padded(tokens, capacity))
    try decoder.positions.write(padded(positions, capacity))
    try decoder.starts.write(padded(starts, capacity))
    try decoder.selected.write(padded(selected, chosen))
    try targets.write(padded(goals, chosen))
  }
}
