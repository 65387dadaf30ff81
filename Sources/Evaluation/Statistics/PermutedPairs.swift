/// Pairs of rows whose sides may be swapped, as one fixed part and what a coin moves.
///
/// Of each pair one side is the lower: the first side of a shuffle has the sum of the lower rows
/// plus the gaps of those pairs whose coin says so, the second side has the rest.
struct PermutedPairs {
  /// Candidate and baseline together.
  let total: [Double]
  /// The lower sides.
  let lower: [Double]
  /// Upper − lower side, of the pairs that differ.
  let gaps: DistinctRows

  /// - Parameters:
  ///   - candidate: `width` finite numbers for each pair, pair after pair.
  ///   - baseline: of the same length.
  init(candidate: [Double], baseline: [Double], width: Int) {
    var total = [Double](repeating: 0, count: width)
    var lower = total
    var gaps: [Double] = []
    for start in stride(from: 0, to: candidate.count, by: width) {
      let columns = start..<start + width
      let isUpper = columns.first { candidate[$0] != baseline[$0] }
        .map { candidate[$0] > baseline[$0] }
      for column in columns {
        total[column - start] += candidate[column] + baseline[column]
        lower[column - start] += isUpper == true ? baseline[column] : candidate[column]
        guard let isUpper else { continue }
        let gap = candidate[column] - baseline[column]
        gaps.append(isUpper ? gap : -gap)
      }
    }
    self.total = total
    self.lower = lower
    self.gaps = DistinctRows(gaps, width: width)
  }

  /// The statistic of the first side minus that of the second, where the coins give the first side
  /// gaps of these sums.
  func difference(_ statistic: some SummedStatistic, given sums: some Collection<Double>) -> Double
  {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * lower.count) { sides in
      for (column, sum) in sums.enumerated() {
        let first = lower[column] + sum
        sides.initializeElement(at: column, to: first)
        sides.initializeElement(at: lower.count + column, to: total[column] - first)
      }
      return PairedDifference(side: statistic).value(ofSums: UnsafeBufferPointer(sides))
    }
  }
}
