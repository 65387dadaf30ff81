/// The shares of cases that only one of two models answers rightly.
struct DifferingShares {
  /// Of all cases, 0 … 1.
  let fixed: Double
  /// Of all cases, 0 … 1.
  let broken: Double

  /// Whether so many cases put the lower end of the score interval at or above a bound (above it
  /// where that is 0) with the power of a `CasePlan`.
  ///
  /// - SeeAlso: Connor, Biometrics 43 (1987), 207–211, for the power; the interval itself is asked
  ///   too because with few differing cases it is wider than its normal approximation.
  func decide(above bound: Double, cases: Int, confidence: Double) -> Bool {
    let difference = fixed - broken
    let distance = difference - bound
    guard distance > 0 else { return false }
    let n = Double(cases)
    let z = Interval.z(confidence: confidence) + NormalDistribution.quantile(CasePlan.power)
    let variance = max(fixed + broken - difference * difference, 0)
    guard z * z * variance <= n * distance * distance else { return false }
    let lower = TangoInterval.of(
      fixed: fixed * n, broken: broken * n, total: n, confidence: confidence
    ).lower
    return bound == 0 ? lower > 0 : lower >= bound
  }
}
