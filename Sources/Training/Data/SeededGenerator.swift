/// SplitMix64: small, fast, and the same on every machine.
///
/// - SeeAlso: Steele, Lea and Flood, OOPSLA 2014, doi:10.1145/2660193.2660195.
struct SeededGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in 0..<1, in steps of 2⁻²⁴.
  mutating func unit() -> Float { Float(next() >> 40) * 0x1p-24 }

  /// `0..<count` in random order (Fisher and Yates); our own, since the standard library's may change.
  mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, Int(next().multipliedFullWidth(by: UInt64(last + 1)).high))
    }
    return order
  }
}
