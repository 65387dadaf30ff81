import Kernels
import ModelRuntime

/// The inputs of one batch of packed samples.
struct DenseInputs {
  /// I32 `[capacity]`.
  let tokens: GraphTensor
  /// I32 `[capacity]`; begins again at 0 with each sample.
  let positions: GraphTensor
  /// I32 `[capacity]`: where each token's sample begins.
  let starts: GraphTensor
  /// I32 `[capacity]`: the first token that each one sees through the window of local blocks.
  let windowStarts: GraphTensor
  /// I32 `[selected]`: rising; which tokens' logits are wanted.
  let selected: GraphTensor
}

/// Builds the forward part of a decoder-only transformer of kernels.
struct DenseDecoder {
  let model: DenseModel
  let layout: AdapterLayout
  let scale: Float
  /// 0 for no dropout.
  let dropout: Float
  let seed: UInt64
  let adapters: DenseAdapters
  /// Whether only the inputs of blocks are kept for the backward part.
  var recomputes = false

  private var dimensions: DecoderDimensions { model.dimensions }

  /// - Returns: the normed hidden states of the selected tokens, `[width, selected]`.
  func states(_ inputs: DenseInputs, on tape: Tape) throws -> Tape.Variable {
    let element = model.element
    let positions = dimensions.positions
    func rotation(_ rotary: RotaryEmbedding?, factors: [Float]?) throws -> DenseRotary? {
      try rotary.map {
        try DenseRotary($0, factors: factors, positions: inputs.positions, on: tape)
      }
    }
    let rotary = try rotation(positions.rotary, factors: model.rotaryFactors)
    let localRotary = try rotation(positions.localRotary, factors: nil)
    let extents = AttentionExtents(
      head: dimensions.head, heads: dimensions.heads, keyHeads: dimensions.keyHeads,
      scale: dimensions.attentionScale)
    var x = try tape.embedding(
      model.embedding, inputs.tokens,
      scale: dimensions.architecture.scalesEmbedding ? Float(dimensions.width).squareRoot() : 1,
      learned: model.learnedPositions, positions: inputs.positions, slots: model.embeddingSlots)
    let shared = Shared(
      inputs: inputs, extents: extents, rotary: rotary, localRotary: localRotary)
    for index in model.blocks.indices {
      let operations: (Tape.Variable) throws -> Tape.Variable = { x in
        try block(index, x, shared, on: tape)
      }
      // The last block's backward part comes next, so that nothing would be gained there.
      let isLast = index == model.blocks.count - 1
      x = try recomputes && !isLast ? tape.recomputed(x, operations) : operations(x)
    }
    return try tape.norm(x, model.outputNorm, to: element, .selected)
  }

  /// What all blocks read besides the hidden states.
  private struct Shared {
    let inputs: DenseInputs
    let extents: AttentionExtents
    let rotary: DenseRotary?
    let localRotary: DenseRotary?
  }

  /// - Returns: the hidden states after a block, of the selected tokens where it is the last.
  private func block(
    _ index: Int, _ x: Tape.Variable, _ shared: Shared, on tape: Tape
  ) throws -> Tape.Variable {
    let (block, element, inputs) = (model.blocks[index], model.element, shared.inputs)
    let isLocal = dimensions.positions.isLocal(index)
    var (x, rows) = (x, DenseRows.tokens)
    let normed = try tape.norm(x, block.attentionNorm, to: element, rows)
    let attended = try tape.linear(
      normed, group(index, dimensions.attentionModules), adapters, result: element,
      gradientElement: .f32, rows)
    var mixed = try tape.attention(
      attended, shared.extents, norms: block.headNorms,
      isLocal ? shared.localRotary : shared.rotary,
      starts: isLocal ? inputs.windowStarts : inputs.starts)
    // Past the last attention no token needs another.
    if index == model.blocks.count - 1 {
      mixed = try tape.gather(mixed, at: inputs.selected)
      x = try tape.gather(x, at: inputs.selected)
      rows = .selected
    }
    x = try added(
      mixed, group(index, [.output]), to: x, normedBy: block.attentionOutputNorm, rows, tape)
    let fed = try tape.norm(x, block.feedForwardNorm, to: element, rows)
    let opened = try tape.linear(
      fed, group(index, dimensions.feedForwardModules), adapters, result: element,
      gradientElement: .f32, rows)
    let activated =
      switch dimensions.architecture.feedForward {
      case .siluGated: try tape.gated(opened, .silu, rows)
      case .geluGated: try tape.gated(opened, .gelu, rows)
      case .gelu: try tape.gelu(opened, rows)
      }
    return try added(
      activated, group(index, [.down]), to: x, normedBy: block.feedForwardOutputNorm, rows, tape)
  }

  /// `residual + W·x`, or `residual + norm(W·x)`.
  private func added(
    _ x: Tape.Variable, _ group: LinearGroup, to residual: Tape.Variable,
    normedBy norm: DenseNorm?, _ rows: DenseRows, _ tape: Tape
  ) throws -> Tape.Variable {
    let y = try tape.linear(
      x, group, adapters, residual: norm == nil ? residual : nil, result: .f32,
      gradientElement: model.element, rows)
    return try norm.map { try tape.norm(y, $0, adding: residual, to: .f32, rows) } ?? y
  }

  private func group(_ block: Int, _ modules: [TargetModule]) throws -> LinearGroup {
    LinearGroup(
      members: try modules.map { module in
        guard let weight = model.blocks[block].matrices[module] else {
          throw TrainingError.unusableBase(reason: "block \(block) has no \(module.rawValue)")
        }
        let place = layout.entries.firstIndex { $0.block == block && $0.module == module }
        return LinearGroup.Member(
          weight: weight, bias: model.blocks[block].biases[module],
          adapter: place.map {
            let entry = layout.entries[$0]
            return DenseAdapter(
              rank: layout.rank, scale: scale, a: entry.offset, b: layout.bOffset(entry),
              dropout: dropout == 0
                ? nil
                : DenseDropout(
                  probability: dropout, seed: seed &+ UInt64($0) &* 0xD1B5_4A32_D192_ED03))
          }, slots: model.slots(block, module))
      })
  }
}
