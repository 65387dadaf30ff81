import MLOpsCore

/// Reduces a set of shingles to one hash for each band: equal hashes mean probably similar sets.
///
/// Each min-hash is the least value of the set under a pseudo-random bijection of 32-bit numbers
/// (xor, odd multiplication, xor-shift, odd multiplication), sixteen of which are taken at once.
///
/// - SeeAlso: Broder, Charikar, Frieze and Mitzenmacher, "Min-wise independent permutations", 1998.
struct MinHasher: Sendable {
  let plan: BandingPlan
  private let offsets: [SIMD16<UInt32>]
  private let factors: [SIMD16<UInt32>]

  init(_ plan: BandingPlan, seed: UInt64 = 0x6D69_6E68_6173_6831) {
    self.plan = plan
    var random = SplitMix64(seed: seed)
    func vectors(_ bits: UInt32) -> [SIMD16<UInt32>] {
      (0..<(plan.bands * plan.rows + 15) / 16).map { _ in
        var vector = SIMD16<UInt32>()
        for lane in 0..<16 {
          vector[lane] = UInt32(truncatingIfNeeded: random.next() >> 32) | bits
        }
        return vector
      }
    }
    offsets = vectors(0)
    factors = vectors(1)
  }

  /// The least value under each bijection; only `bands × rows` of them count.
  func signature(of shingles: ArraySlice<UInt32>) -> [SIMD16<UInt32>] {
    shingles.withUnsafeBufferPointer { shingles in
      offsets.indices.map { index in
        let (offset, factor) = (offsets[index], factors[index])
        var least = SIMD16<UInt32>(repeating: .max)
        for shingle in shingles {
          var value = (SIMD16(repeating: shingle) ^ offset) &* factor
          value = (value ^ (value &>> 15)) &* 0x846C_A68B
          least = pointwiseMin(least, value)
        }
        return least
      }
    }
  }

  /// Appends one hash a band.
  func appendBands(of shingles: ArraySlice<UInt32>, to bands: inout [UInt32]) {
    let signature = signature(of: shingles)
    var position = 0
    for _ in 0..<plan.bands {
      var hash: UInt64 = 0
      for _ in 0..<plan.rows {
        hash = mixed(hash &+ UInt64(signature[position >> 4][position & 15]))
        position += 1
      }
      bands.append(UInt32(truncatingIfNeeded: hash))
    }
  }
}
