/// What draws rows of numbers many times and adds up those of each draw.
///
/// Rows are added in slices of columns that one instruction adds. Each slice draws the same rows
/// anew, from the same streams of random numbers.
protocol DrawnSums {
  /// The numbers of each row, at least 1.
  var width: Int { get }

  /// The sums of each draw, of the columns from one on.
  func totals<Lanes: RowLanes>(from column: Int, seed: UInt64, draws: Int) -> [Lanes]
}

extension DrawnSums {
  /// The sums of each draw, draw after draw: `width` numbers.
  func sums(seed: UInt64, draws: Int) -> [Double] {
    switch width {
    case 1: sums(Double.self, seed, draws)
    case 2: sums(SIMD2<Double>.self, seed, draws)
    case 3...4: sums(SIMD4<Double>.self, seed, draws)
    default: sums(SIMD8<Double>.self, seed, draws)
    }
  }

  private func sums<Lanes: RowLanes>(_: Lanes.Type, _ seed: UInt64, _ draws: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: draws * width)
    for first in stride(from: 0, to: width, by: Lanes.lanes) {
      let totals: [Lanes] = totals(from: first, seed: seed, draws: draws)
      for (draw, total) in totals.enumerated() {
        for lane in 0..<min(Lanes.lanes, width - first) {
          sums[draw * width + first + lane] = total[lane]
        }
      }
    }
    return sums
  }
}
