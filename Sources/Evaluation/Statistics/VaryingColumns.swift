/// The columns of rows that have to be added up: constant ones and repetitions of others need not.
///
/// The ones of a mean are the same for all cases, and the length of the reference is the same for
/// both sides.
struct VaryingColumns {
  private enum Source {
    case constant(Double)
    case kept(Int)
  }

  private let sources: [Source]
  /// The numbers of columns left.
  let width: Int
  /// `width` numbers for each case, case after case.
  let rows: [Double]
  /// How many cases there are.
  let count: Int

  /// - Parameters:
  ///   - rows: at least one case.
  ///   - all: numbers in each row, at least 1.
  init(_ rows: [Double], of all: Int) {
    let count = rows.count / all
    var kept: [Int] = []
    var sources: [Source] = []
    func agree(_ column: Int, _ matches: (Int) -> Bool) -> Bool {
      (0..<count).allSatisfy { matches($0 * all) }
    }
    for column in 0..<all {
      if agree(column, { rows[$0 + column] == rows[column] }) {
        sources.append(.constant(rows[column]))
      } else if let same = kept.firstIndex(where: { earlier in
        agree(column) { rows[$0 + column] == rows[$0 + earlier] }
      }) {
        sources.append(.kept(same))
      } else {
        sources.append(.kept(kept.count))
        kept.append(column)
      }
    }
    var left: [Double] = []
    left.reserveCapacity(count * kept.count)
    for start in stride(from: 0, to: count * all, by: all) {
      for column in kept { left.append(rows[start + column]) }
    }
    self.sources = sources
    self.rows = left
    self.count = count
    width = kept.count
  }

  /// The statistic of a draw of so many cases with these sums of the columns left.
  func value(
    _ statistic: some SummedStatistic, ofSums sums: UnsafeBufferPointer<Double>, cases: Int
  ) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: sources.count) { all in
      for (column, source) in sources.enumerated() {
        switch source {
        case .constant(let value): all.initializeElement(at: column, to: value * Double(cases))
        case .kept(let index): all.initializeElement(at: column, to: sums[index])
        }
      }
      return statistic.value(ofSums: UnsafeBufferPointer(all))
    }
  }
}
