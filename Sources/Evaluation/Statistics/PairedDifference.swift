/// A statistic of the candidate minus that of the baseline, over the same cases.
///
/// Each case's row holds the candidate's numbers and then the baseline's, so that a case is drawn
/// with both of its sides.
struct PairedDifference<Side: SummedStatistic>: SummedStatistic {
  let side: Side

  var width: Int { 2 * side.width }

  func value(ofSums sums: UnsafeBufferPointer<Double>) -> Double {
    side.value(ofSums: UnsafeBufferPointer(rebasing: sums[..<side.width]))
      - side.value(ofSums: UnsafeBufferPointer(rebasing: sums[side.width...]))
  }

  /// The rows of both sides joined; nil unless both have the same number of whole rows.
  func rows(candidate: [Double], baseline: [Double]) -> [Double]? {
    guard side.width > 0, candidate.count == baseline.count,
      candidate.count.isMultiple(of: side.width)
    else { return nil }
    var rows: [Double] = []
    rows.reserveCapacity(2 * candidate.count)
    for start in stride(from: 0, to: candidate.count, by: side.width) {
      rows += candidate[start..<start + side.width]
      rows += baseline[start..<start + side.width]
    }
    return rows
  }
}
