import ModelRuntime

/// The forward part of a step of kernels: from a batch to the likelihood of each selected token.
struct DenseForward {
  let model: DenseModel
  let layout: AdapterLayout
  let scale: Float
  /// 0 for no dropout.
  var dropout: Float = 0
  var seed: UInt64 = 0
  /// Whether only the inputs of blocks are kept for the backward part.
  var recomputes = false
  let adapters: NarrowedParameters
  /// What a backward part adds to.
  let gradient: GraphTensor

  /// - Returns: F32 `[selected]`: each row's `−ln p`; 0 past the batch's.
  func losses(_ inputs: DenseBatchInputs, on tape: Tape) throws -> GraphTensor {
    // First of all: what products read of the parameters.
    try adapters.refresh(on: tape.graph)
    let decoder = DenseDecoder(
      model: model, layout: layout, scale: scale, dropout: dropout, seed: seed,
      adapters: DenseAdapters(parameters: adapters.narrowed, gradient: gradient),
      recomputes: recomputes)
    let states = try decoder.states(inputs.decoder, on: tape)
    return try tape.crossEntropy(
      states, model.output, targets: inputs.targets, slot: model.outputSlot)
  }

  /// Operations that a graph of this part and its backward one needs room for.
  var capacity: Int { model.blocks.count * 80 + 120 }  // A block takes 40 to 60.
}
