import ModelRuntime

/// The losses of a batch under the parameters of a step, without any gradient: half the memory
/// traffic of a step's forward part and none of its backward one.
final class DenseValidation {
  private let graph: TensorGraph
  private let batch: DenseBatch

  /// - Parameters:
  ///   - step: whose parameters, as they are at each run, are validated, in whose memory.
  ///   - inputs: may be the step's.
  init(
    _ model: DenseModel, of step: DenseStep, scale: Float, inputs: DenseBatchInputs,
    on backend: ComputeBackend
  ) throws {
    batch = inputs.batch
    let forward = DenseForward(
      model: model, layout: step.adapterLayout, scale: scale, adapters: step.adapters,
      gradient: step.gradient)
    graph = try TensorGraph(capacity: forward.capacity, on: backend)
    let losses = try forward.losses(
      inputs, on: Tape(graph: graph, dense: inputs.batch, isRecording: false))
    try graph.compute(losses, keep: true)
    try graph.prepare(within: step.graph)
  }

  /// What the batch's objective says of what the inputs hold.
  func run() throws -> Double {
    try graph.run()
    return batch.loss
  }

  /// The bytes of intermediate results.
  var byteCount: Int { graph.byteCount }
}
