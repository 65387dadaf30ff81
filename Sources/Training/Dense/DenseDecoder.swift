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

  private var dimensions: DecoderDimensions { model.dimensions }

  /// - Returns: the normed hidden states of the selected tokens, `[width, selected]`.
  func states(_ inputs: DenseInputs, on tape: Tape) throws -> Tape.Variable {
    let element = model.element
    let rotary = try DenseRotary(
      dimensions.rotary, factors: model.rotaryFactors, positions: inputs.positions, on: tape)
    let extents = AttentionExtents(
      head: dimensions.head, heads: dimensions.heads, keyHeads: dimensions.keyHeads,
      scale: 1 / Float(dimensions.head).squareRoot())
    var x = try tape.embedding(model.embedding, inputs.tokens, scale: 1)
    var rows = DenseRows.tokens
    for (index, block) in model.blocks.enumerated() {
      let normed = try tape.rmsNorm(
        x, gain: block.attentionNorm, epsilon: dimensions.epsilon, to: element, rows)
      let mixedInputs = try tape.linear(
        normed, group(index, [.query, .key, .value]), adapters, result: element,
        gradientElement: .f32, rows)
      var mixed = try tape.attention(mixedInputs, extents, rotary, starts: inputs.starts)
      // Past the last attention no token needs another.
      if index == model.blocks.count - 1 {
        mixed = try tape.gather(mixed, at: inputs.selected)
        x = try tape.gather(x, at: inputs.selected)
        rows = .selected
      }
      x = try tape.linear(
        mixed, group(index, [.output]), adapters, residual: x, result: .f32,
        gradientElement: element, rows)
      let fed = try tape.rmsNorm(
        x, gain: block.feedForwardNorm, epsilon: dimensions.epsilon, to: element, rows)
      let gates = try tape.linear(
        fed, group(index, [.gate, .up]), adapters, result: element, gradientElement: .f32, rows)
      x = try tape.linear(
        tape.gated(gates, .silu, rows), group(index, [.down]), adapters, residual: x,
        result: .f32, gradientElement: element, rows)
    }
    return try tape.rmsNorm(
      x, gain: model.outputNorm, epsilon: dimensions.epsilon, to: element, rows)
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
          })
      })
  }
}
