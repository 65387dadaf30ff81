import Kernels
import ModelRuntime

/// The forward part of a step of kernels: from a batch to the likelihood of each selected token.
struct DenseForward {
  let model: DenseModel
  let layout: AdapterLayout
  let scale: Float
  /// 0 for no dropout.
  var dropout: Float = 0
  var seed: UInt64 = 0
  /// All A and B, flat; see `AdapterLayout`.
  let parameters: GraphTensor
  /// As many in the element of products; written before anything reads it.
  let narrowed: GraphTensor
  /// What a backward part adds to.
  let gradient: GraphTensor

  /// - Returns: F32 `[selected]`: each row's `−ln p`; 0 past the batch's.
  func losses(_ inputs: DenseBatchInputs, on tape: Tape) throws -> GraphTensor {
    let (element, count) = (model.element, layout.count)
    // First of all: what products read of the parameters.
    let refreshed = try tape.graph.kernel(
      "refresh", TensorShape(1), inputs: [parameters, narrowed]
    ) { call in
      let share = call.share(of: count, step: 1024)
      Rows.narrow(
        call.inputs[0] + share.lowerBound * 4, count: share.count,
        into: call.inputs[1] + share.lowerBound * element.size, element.kernel)
    }
    try tape.graph.compute(refreshed)
    let decoder = DenseDecoder(
      model: model, layout: layout, scale: scale, dropout: dropout, seed: seed,
      adapters: DenseAdapters(parameters: narrowed, gradient: gradient))
    let states = try decoder.states(inputs.decoder, on: tape)
    return try tape.crossEntropy(states, model.output, targets: inputs.targets)
  }

  /// Operations that a graph of this part and its backward one needs room for.
  var capacity: Int { model.blocks.count * 60 + 100 }  // A block takes about 40.
}
