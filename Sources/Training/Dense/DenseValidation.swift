import Kernels
import ModelRuntime

/// The losses of a batch under the parameters of a step, without any gradient: half the memory
/// traffic of a step's forward part and none of its backward one.
final class DenseValidation {
  private let graph: TensorGraph
  private let batch: DenseBatch

  /// - Parameters:
  ///   - step: whose parameters, as they are at each run, are validated.
  ///   - inputs: may be the step's.
  init(
    _ model: DenseModel, of step: DenseStep, scale: Float, inputs: DenseBatchInputs,
    on backend: ComputeBackend
  ) throws {
    batch = inputs.batch
    let forward = DenseForward(
      model: model, layout: step.layout, scale: scale, adapters: step.adapters,
      gradient: step.gradient)
    graph = try TensorGraph(capacity: forward.capacity, on: backend)
    let losses = try forward.losses(
      inputs, on: Tape(graph: graph, dense: inputs.batch, isRecording: false))
    try graph.compute(losses, keep: true)
    try graph.prepare()
  }

  /// What the batch's objective says of what the inputs hold.
  func run() throws -> Double {
    try graph.run()
    return batch.loss
  }

  /// The bytes of intermediate results.
  var byteCount: Int { graph.byteCount }
}

/// The parameters, and the copy of them in the element that products read.
struct NarrowedParameters {
  /// F32.
  let parameters: GraphTensor
  let narrowed: GraphTensor

  /// Brings the copy up to date.
  ///
  /// - Parameter count: parameters, padding aside.
  func refresh(on graph: TensorGraph, count: Int) throws -> GraphTensor {
    let element = narrowed.element
    return try graph.kernel("refresh", updating: narrowed, inputs: [parameters]) { call in
      let share = call.share(of: count, step: 1024)
      Rows.narrow(
        call.inputs[0] + share.lowerBound * 4, count: share.count,
        into: call.output + share.lowerBound * element.size, element.kernel)
    }
  }
}
