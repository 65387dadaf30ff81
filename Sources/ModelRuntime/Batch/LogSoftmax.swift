import Foundation

/// ln p of tokens by their logits; the logits are read twice and nothing is kept of them.
///
/// The sum of exponentials is taken in lanes of F32 and, every 4096 of them, added up in double
/// precision: ln p is exact to about 1e-6, whatever the size of the vocabulary.
struct LogSoftmax {
  private typealias Lanes = SIMD16<Float>
  private let logits: UnsafeBufferPointer<Float>
  /// The likeliest token; of equals the first.
  let best: Int32
  /// ln Σ eˣ.
  private let total: Double

  /// - Parameter logits: `[vocabulary]`; lent for as long as this is used.
  /// - Throws: `runtime.not_finite`.
  init(_ logits: UnsafeBufferPointer<Float>) throws(RuntimeError) {
    let peak = try Self.greatest(logits)
    guard let first = logits.firstIndex(of: peak) else { throw .notFinite }
    self.logits = logits
    best = Int32(first)
    var sum = 0.0
    var start = 0
    while start < logits.count {
      let end = min(logits.count, start + 4096)
      sum += Double(Self.sumOfExponentials(logits, start, end, peak))
      start = end
    }
    total = Double(peak) + log(sum)
  }

  /// - Throws: `runtime.not_finite` for a token that the model calls impossible.
  func logProbability(of token: Int32) throws(RuntimeError) -> Double {
    let value = Double(logits[Int(token)]) - total
    guard value.isFinite else { throw .notFinite }
    return min(0, value)
  }

  private static func greatest(_ logits: UnsafeBufferPointer<Float>) throws(RuntimeError) -> Float {
    var lanes = Lanes(repeating: -.infinity)
    var strange = SIMDMask<Lanes.MaskStorage>(repeating: false)
    var index = 0
    while index + 16 <= logits.count {
      let part = load(logits, index)
      strange .|= part .!= part
      lanes = lanes.replacing(with: part, where: part .> lanes)
      index += 16
    }
    var greatest = lanes.max()
    var isStrange = any(strange)
    for index in index..<logits.count {
      if logits[index].isNaN { isStrange = true }
      if logits[index] > greatest { greatest = logits[index] }
    }
    guard !isStrange, greatest.isFinite else { throw .notFinite }
    return greatest
  }

  /// Σ eˣ⁻ᵖ over `start..<end`.
  private static func sumOfExponentials(
    _ logits: UnsafeBufferPointer<Float>, _ start: Int, _ end: Int, _ peak: Float
  ) -> Float {
    var lanes = Lanes()
    var index = start
    while index + 16 <= end {
      lanes += exponential(load(logits, index) - Lanes(repeating: peak))
      index += 16
    }
    var sum = lanes.sum()
    for index in index..<max(index, end) { sum += exp(logits[index] - peak) }
    return sum
  }

  private static func load(_ logits: UnsafeBufferPointer<Float>, _ index: Int) -> Lanes {
    UnsafeRawBufferPointer(logits).loadUnaligned(fromByteOffset: index * 4, as: Lanes.self)
  }

  /// eˣ for x at most 0, to a few units in the last place; 0 below −87.
  ///
  /// eˣ = 2ⁿ · eʳ with |r| ≤ ln 2 / 2, and eʳ by its series: the terms from r⁸ on are below 1e-8.
  @inline(__always) private static func exponential(_ x: Lanes) -> Lanes {
    let bounded = x.replacing(with: -87, where: x .< -87)
    // Adding 1.5 · 2²³ rounds to a whole number and leaves it in the lowest bits.
    let shifted = bounded * Float(1.442695) + Float(12_582_912)
    let whole = shifted - Float(12_582_912)
    // ln 2 in two parts, the first with few enough bits that its product with `whole` is exact.
    let rest = (bounded - whole * Float(0.69314575)) - whole * Float(1.4286068e-6)
    var sum = Lanes(repeating: 1 / 5040)
    for divisor: Float in [720, 120, 24, 6, 2, 1, 1] { sum = sum * rest + Float(1) / divisor }
    let bits = unsafeBitCast(shifted, to: SIMD16<UInt32>.self)
    let scale = unsafeBitCast((bits &+ 127) &<< 23, to: Lanes.self)
    return (sum * scale).replacing(with: 0, where: x .< -87)
  }
}
