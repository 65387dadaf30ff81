import MLOpsCore

/// Random swaps of many pairs: the sums of the gaps that they give the first side.
///
/// Eight coins are one of 256 sums, which a table holds: a shuffle of 64 pairs is one random number
/// and eight additions. Of equal gaps only the number that is given matters, which is binomial.
struct DrawnSwaps: DrawnSums {
  /// Equal gaps of at least this number are drawn as one binomial number.
  private static let equalGaps = 256

  private let gaps: DistinctRows
  private let equal: [Int]
  /// The rows of the other gaps, each as often as it occurs.
  private let others: [Int]

  init(_ gaps: DistinctRows) {
    self.gaps = gaps
    equal = gaps.multiplicities.indices.filter { gaps.multiplicities[$0] >= Self.equalGaps }
    others = gaps.multiplicities.indices.filter { gaps.multiplicities[$0] < Self.equalGaps }
      .flatMap { repeatElement($0, count: gaps.multiplicities[$0]) }
  }

  var width: Int { gaps.width }

  func totals<Lanes: RowLanes>(from column: Int, seed: UInt64, draws: Int) -> [Lanes] {
    let rows = others.map { Lanes(gaps[$0], from: column) }
    let equalRows = equal.map { Lanes(gaps[$0], from: column) }
    // A table costs as much as 256 draws that use it.
    return ResampleLoop(draws: draws, batch: 2048).results { totals(of: rows, equalRows, seed, $0) }
  }

  private func totals<Lanes: RowLanes>(
    of rows: [Lanes], _ equalRows: [Lanes], _ seed: UInt64, _ draws: Range<Int>
  ) -> [Lanes] {
    var streams = draws.map { ResampleLoop.stream(seed: seed, draw: $0) }
    var totals = streams.indices.map { place in
      zip(equal, equalRows).reduce(Lanes()) { total, one in
        total + one.1
          * Double(
            BinomialDraw.next(
              trials: gaps.multiplicities[one.0], probability: 0.5, &streams[place]))
      }
    }
    for start in stride(from: 0, to: rows.count, by: 64) {
      let tables = Self.tables(rows[start..<min(start + 64, rows.count)])
      tables.withUnsafeBufferPointer { tables in
        for place in totals.indices {
          var coins = streams[place].next()
          var sum = Lanes()
          for table in stride(from: 0, to: tables.count, by: 256) {
            sum = sum + tables[table + Int(truncatingIfNeeded: coins & 255)]
            coins &>>= 8
          }
          totals[place] = totals[place] + sum
        }
      }
    }
    return totals
  }

  /// For each eight rows the sums of all their subsets, by the bits of the index.
  private static func tables<Lanes: RowLanes>(_ rows: ArraySlice<Lanes>) -> [Lanes] {
    var tables = [Lanes](repeating: Lanes(), count: (rows.count + 7) / 8 * 256)
    // Coins beyond the last row give nothing.
    for index in 0..<(rows.count + 7) / 8 * 8 {
      let row = index < rows.count ? rows[rows.startIndex + index] : Lanes()
      let table = index / 8 * 256
      let bit = 1 << (index % 8)
      for subset in 0..<bit { tables[table + bit + subset] = tables[table + subset] + row }
    }
    return tables
  }
}
