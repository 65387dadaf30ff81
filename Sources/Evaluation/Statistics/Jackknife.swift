/// A statistic of all cases but one, for each of them.
///
/// - SeeAlso: Efron and Tibshirani, An Introduction to the Bootstrap (1993), equation 14.15.
enum Jackknife {
  /// A sixth of the skewness of the values, the acceleration of BCa; 0 where they are all equal, or
  /// one is undefined.
  static func acceleration(
    of statistic: some SummedStatistic, _ rows: DistinctRows, _ columns: VaryingColumns
  ) -> Double {
    let sums = rows.sums
    let values = (0..<rows.count).map { row in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: rows.width) { left in
        for (column, number) in rows[row].enumerated() {
          left.initializeElement(at: column, to: sums[column] - number)
        }
        return columns.value(
          statistic, ofSums: UnsafeBufferPointer(left), cases: columns.count - 1)
      }
    }
    let weights = rows.multiplicities.map(Double.init)
    let mean = zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / Double(columns.count)
    var squares = 0.0
    var cubes = 0.0
    for (value, weight) in zip(values, weights) {
      let deviation = mean - value
      squares += weight * deviation * deviation
      cubes += weight * deviation * deviation * deviation
    }
    let acceleration = cubes / (6 * squares * squares.squareRoot())
    return acceleration.isFinite ? acceleration : 0
  }
}
