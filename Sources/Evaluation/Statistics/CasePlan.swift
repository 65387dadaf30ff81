import Foundation

/// How many cases would decide, were the shares of fixed and broken cases those seen so far.
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
    let distance = counts.difference - bound
    guard counts.total > 0, distance > 0 else { return nil }
    let total = Double(counts.total)
    let fixed = Double(counts.fixed) / total
    let broken = Double(counts.broken) / total
    let z = Interval.z(confidence: confidence) + NormalDistribution.quantile(power)
    let variance = max(fixed + broken - counts.difference * counts.difference, 0)
    let byPower = (z * z * variance / (distance * distance)).rounded(.up)
    guard byPower <= limit else { return nil }
    // Few differing cases: the interval is wider than its normal approximation says.
    func decides(_ n: Double) -> Bool {
      let lower = TangoInterval.of(
        fixed: fixed * n, broken: broken * n, total: n, confidence: confidence
      ).lower
      return bound == 0 ? lower > 0 : lower >= bound
    }
    var high = max(byPower, 1)
    while !decides(high) {
      high *= 2
      guard high <= limit else { return nil }
    }
    var low = max(byPower, 1) - 1
    while high - low > 1 {
      let middle = ((low + high) / 2).rounded()
      if decides(middle) { high = middle } else { low = middle }
    }
    return Int(high)
  }

  private static let limit = 1e7
}
