/// `eˣ` to 2 units in the last place, without a branch, so that loops over it vectorise.
///
/// Cody–Waite reduction and the polynomial of Cephes' `expf`. Below −87 the result is about 1e-38,
/// above 88 about 1.6e38.
@inline(__always) func exponential(_ x: Float) -> Float {
  let bounded = min(max(x, -87), 88)
  // Adding 1.5 · 2²³ rounds to a whole number and leaves it in the lowest bits.
  let shifted = bounded * 1.442_695_04 + 12_582_912
  let whole = shifted - 12_582_912
  let rest = (bounded - whole * 0.693_359_375) - whole * -2.121_944_4e-4
  var sum: Float = 1.987_569_15e-4
  sum = sum * rest + 1.398_199_95e-3
  sum = sum * rest + 8.333_451_9e-3
  sum = sum * rest + 4.166_579_6e-2
  sum = sum * rest + 1.666_666_5e-1
  sum = sum * rest + 5.000_000_1e-1
  sum = sum * rest * rest + rest + 1
  return sum * Float(bitPattern: (shifted.bitPattern &+ 127) &<< 23)
}

/// `1 / (1 + e⁻ˣ)`.
@inline(__always) func sigmoid(_ x: Float) -> Float { 1 / (1 + exponential(-x)) }

/// Sixteen partial sums: a fixed order of addition that vectorises, so that equal inputs give equal
/// sums on every machine.
@inline(__always) func sum(_ count: Int, _ term: (Int) -> Float) -> Float {
  var lanes = SIMD16<Float>()
  let whole = count & ~15
  var index = 0
  while index < whole {
    var part = SIMD16<Float>()
    for lane in 0..<16 { part[lane] = term(index &+ lane) }
    lanes += part
    index &+= 16
  }
  var rest: Float = 0
  while index < count {
    rest += term(index)
    index &+= 1
  }
  return lanes.sum() + rest
}
