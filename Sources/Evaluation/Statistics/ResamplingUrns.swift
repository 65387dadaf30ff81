import MLOpsCore

/// Cases laid out so that drawing as many of them as there are, with replacement, is fast and exact.
///
/// To draw n of n cases is to draw how many fall into each part of them, which is multinomial, and
/// then cases within each part. A part of equal rows needs no second draw. The others have a number
/// of rows that is a power of two and fits the processor's nearest memory: an index is then a few
/// bits of a random number, without a remainder that would prefer some.
struct ResamplingUrns: DrawnSums {
  /// Equal rows of at least this number are a part: a binomial number costs about as much as that
  /// many draws.
  private static let equalRows = 32
  /// Bytes of the rows of a part.
  private static let nearMemory = 1 << 15

  private struct Urn {
    /// Cases that may be drawn from it.
    let cases: Int
    /// Place of its first row.
    let start: Int
    /// It holds two to this power different rows.
    let bits: Int
  }

  private let rows: DistinctRows
  private let urns: [Urn]
  /// For each place the index of its row.
  private let places: [Int]
  private let cases: Int

  init(_ rows: DistinctRows) {
    let lanes = rows.width > 4 ? 8 : rows.width > 2 ? 4 : rows.width
    let most = Self.nearMemory / (lanes * MemoryLayout<Double>.stride)
    var urns: [Urn] = []
    var places: [Int] = []
    var singles: [Int] = []
    for (row, multiplicity) in rows.multiplicities.enumerated() {
      if multiplicity >= Self.equalRows {
        urns.append(Urn(cases: multiplicity, start: places.count, bits: 0))
        places.append(row)
      } else {
        singles += repeatElement(row, count: multiplicity)
      }
    }
    var left = singles.count
    while left > 0 {
      let bits = Int.bitWidth - 1 - min(left, most).leadingZeroBitCount
      urns.append(Urn(cases: 1 << bits, start: places.count, bits: bits))
      places += singles[(singles.count - left)..<(singles.count - left + 1 << bits)]
      left -= 1 << bits
    }
    self.rows = rows
    self.urns = urns
    self.places = places
    cases = rows.multiplicities.reduce(0, +)
  }

  var width: Int { rows.width }

  func totals<Lanes: RowLanes>(from column: Int, seed: UInt64, draws: Int) -> [Lanes] {
    let numbers = places.map { Lanes(rows[$0], from: column) }
    return ResampleLoop(draws: draws, batch: 64).results { totals(of: numbers, seed, $0) }
  }

  private func totals<Lanes: RowLanes>(
    of numbers: [Lanes], _ seed: UInt64, _ draws: Range<Int>
  ) -> [Lanes] {
    let counts = draws.flatMap { self.counts(seed, draw: $0) }
    var totals = [Lanes](repeating: Lanes(), count: draws.count)
    // Part after part, so that its rows stay near while all draws use them.
    for (part, urn) in urns.enumerated() {
      for (place, draw) in draws.enumerated() {
        var random = ResampleLoop.stream(seed: seed, draw: draw, part: part + 1)
        totals[place] =
          totals[place]
          + Self.total(
            of: counts[place * urns.count + part], urn, numbers, &random)
      }
    }
    return totals
  }

  /// How many cases one draw takes of each part.
  private func counts(_ seed: UInt64, draw: Int) -> [Int] {
    var random = ResampleLoop.stream(seed: seed, draw: draw)
    var draws = cases
    var rest = cases
    return urns.map { urn in
      let count = BinomialDraw.next(
        trials: draws, probability: Double(urn.cases) / Double(rest), &random)
      draws -= count
      rest -= urn.cases
      return count
    }
  }

  /// The sum of so many rows, drawn with replacement.
  private static func total<Lanes: RowLanes>(
    of count: Int, _ urn: Urn, _ numbers: [Lanes], _ random: inout SplitMix64
  ) -> Lanes {
    guard urn.bits > 0 else { return numbers[urn.start] * Double(count) }
    return numbers.withUnsafeBufferPointer { numbers in
      let rows = UnsafeBufferPointer(rebasing: numbers[urn.start..<urn.start + urn.cases])
      let shift = UInt64(urn.bits)
      let mask = (1 as UInt64) << shift - 1
      let inWord = 64 / urn.bits
      var left = count
      // Four sums that do not wait for one another.
      var (a, b, c, d) = (Lanes(), Lanes(), Lanes(), Lanes())
      while left >= 4 * inWord {
        var (i, j, k, l) = (random.next(), random.next(), random.next(), random.next())
        for _ in 0..<inWord {
          a = a + rows[Int(truncatingIfNeeded: i & mask)]
          b = b + rows[Int(truncatingIfNeeded: j & mask)]
          c = c + rows[Int(truncatingIfNeeded: k & mask)]
          d = d + rows[Int(truncatingIfNeeded: l & mask)]
          (i, j, k, l) = (i &>> shift, j &>> shift, k &>> shift, l &>> shift)
        }
        left -= 4 * inWord
      }
      while left > 0 {
        var i = random.next()
        for _ in 0..<min(left, inWord) {
          a = a + rows[Int(truncatingIfNeeded: i & mask)]
          i &>>= shift
        }
        left -= min(left, inWord)
      }
      return (a + b) + (c + d)
    }
  }
}
