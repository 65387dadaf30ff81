/// How many cases would decide, were the differences those seen so far.
public struct CasePlan: Sendable, Hashable {
  /// P of a decision once there are that many cases.
  public static let power = 0.8

  /// The least number of cases (all, not additional ones) after which the lower end of the interval
  /// lies at or above a bound with 80 % probability; nil where the difference seen is itself not
  /// above it, or more than ten million cases would be needed.
  ///
  /// - Parameters:
  ///   - bound: −margin for "no worse", 0 for "better".
  ///   - confidence: two-sided, as of the interval.
  public static func cases(
    above bound: Double, seen counts: PairedCounts, confidence: Double
  ) -> Int? {
    guard counts.total > 0, counts.difference > bound else { return nil }
    let shares = DifferingShares(
      fixed: Double(counts.fixed) / Double(counts.total),
      broken: Double(counts.broken) / Double(counts.total))
    return least { shares.decide(above: bound, cases: $0, confidence: confidence) }
  }

  /// The same for real-valued differences, by the t interval.
  ///
  /// - Parameters:
  ///   - bound: −margin for "no worse", 0 for "larger", in the unit of the differences.
  ///   - confidence: two-sided, as of the interval.
  public static func cases(
    above bound: Double, seen mean: PairedMean, confidence: Double
  ) -> Int? {
    guard mean.mean > bound else { return nil }
    return least {
      DetectableDifference.of(variance: mean.variance, cases: $0, confidence: confidence)
        <= mean.mean - bound
    }
  }

  /// The least number of cases that decides, where more cases decide too.
  private static func least(_ decides: (Int) -> Bool) -> Int? {
    var high = 1
    while !decides(high) {
      high *= 2
      guard high <= 2 * limit else { return nil }
    }
    var low = high / 2
    while high - low > 1 {
      let middle = (low + high) / 2
      if decides(middle) { high = middle } else { low = middle }
    }
    return high <= limit ? high : nil
  }

  private static let limit = 10_000_000
}
