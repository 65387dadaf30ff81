import MLOpsCore
import ModelRuntime

/// Which inputs of every adapter are left out in a step, so that none is leant on alone.
///
/// As PEFT has it: the input of A is dropped, that of the frozen weight is not, and each adapter
/// has a mask of its own.
///
/// - SeeAlso: Srivastava et al., JMLR 15 (2014).
final class DropoutMasks {
  private let arena: TensorArena
  private let masks: [Decoder.AdapterKey: GraphTensor]
  /// In the order of the layout, in which they are drawn.
  private let order: [GraphTensor]
  private let probability: Float
  private let seed: UInt64

  /// - Parameters:
  ///   - probability: 0 up to, but not including, 1.
  ///   - tokens: positions of a batch.
  ///   - selected: positions whose logits are wanted.
  init(
    _ layout: AdapterLayout, blocks: Int, tokens: Int, selected: Int, probability: Float,
    seed: UInt64, on backend: ComputeBackend
  ) throws {
    self.probability = probability
    self.seed = seed
    arena = try TensorArena(capacity: layout.entries.count, on: backend)
    var masks: [Decoder.AdapterKey: GraphTensor] = [:]
    order = try layout.entries.map { [arena] entry in
      let count = Decoder.seesSelectedOnly(entry.module, in: entry.block, of: blocks)
      let mask = try arena.tensor(TensorShape(entry.inputs, count ? selected : tokens))
      masks[Decoder.AdapterKey(block: entry.block, module: entry.module)] = mask
      return mask
    }
    self.masks = masks
    try arena.allocate()
  }

  /// `[in, tokens]`: 0 where an input is left out, 1 / (1 − probability) elsewhere.
  subscript(key: Decoder.AdapterKey) -> GraphTensor? { masks[key] }

  /// Draws the masks of a step; the same for equal seed and step.
  func draw(step: Int) throws {
    // Four draws of 16 bits from each number: 2⁻¹⁶ is fine enough for a probability.
    var generator = SplitMix64(seed: seed &+ UInt64(step) &* 0xA076_1D64_78BD_642F)
    let threshold = UInt64((probability * 65536).rounded())
    let kept = 1 / (1 - Float(threshold) / 65536)
    for mask in order {
      var values = [Float](repeating: kept, count: mask.shape.count)
      var bits: UInt64 = 0
      for index in values.indices {
        if index & 3 == 0 { bits = generator.next() } else { bits >>= 16 }
        if bits & 0xFFFF < threshold { values[index] = 0 }
      }
      try mask.write(values)
    }
  }

  /// Leaves nothing out.
  func keepAll() throws {
    for mask in order { try mask.write([Float](repeating: 1, count: mask.shape.count)) }
  }
}
