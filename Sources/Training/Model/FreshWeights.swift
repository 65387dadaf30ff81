import Foundation
import MLOpsCore
import ModelRuntime

/// Random weights that a training from nothing begins with.
///
/// Normal with deviation 0.02; divided by √(2·blocks) where a block's result is added to the
/// residual stream, so that the sum of all blocks has the same spread however many there are; gains
/// one, biases zero. Each tensor has numbers of its own, whatever other tensors there are.
///
/// - SeeAlso: Radford et al., “Language Models are Unsupervised Multitask Learners” (2019), §2.3.
struct FreshWeights {
  let seed: UInt64
  let blocks: Int

  private static let deviation = 0.02

  func values(of entry: FullLayout.Entry) -> [Float] {
    let count = entry.shape.count
    switch entry.role {
    case .gain: return [Float](repeating: 1, count: count)
    case .bias: return [Float](repeating: 0, count: count)
    case .matrix, .table: return normal(entry.name, count, Self.deviation)
    case .residual:
      return normal(entry.name, count, Self.deviation / Double(2 * blocks).squareRoot())
    }
  }

  /// Box and Muller's pairs of normal numbers.
  private func normal(_ name: String, _ count: Int, _ deviation: Double) -> [Float] {
    var generator = SplitMix64(seed: seed ^ Self.fingerprint(name))
    var values: [Float] = []
    values.reserveCapacity(count + 1)
    while values.count < count {
      // Above 0, so that it has a logarithm.
      let length = (-2 * log(1 - generator.unit())).squareRoot() * deviation
      let angle = 2 * Double.pi * generator.unit()
      values.append(Float(length * cos(angle)))
      values.append(Float(length * sin(angle)))
    }
    return Array(values.prefix(count))
  }

  /// FNV-1a of 64 bits.
  private static func fingerprint(_ name: String) -> UInt64 {
    name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
