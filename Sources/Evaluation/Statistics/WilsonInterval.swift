/// Wilson's score interval of a share.
///
/// It stays inside 0 … 1 and says something sensible at 0 of n, where the usual ± interval is empty.
/// - SeeAlso: Wilson, JASA 22 (1927); Brown, Cai and DasGupta, Statistical Science 16 (2001).
public enum WilsonInterval {
  /// - Parameters:
  ///   - successes: 0 … trials.
  ///   - trials: at least 1; with 0 the interval is 0 … 1.
  ///   - confidence: two-sided, 0 < confidence < 1.
  public static func of(successes: Int, trials: Int, confidence: Double) -> Interval {
    guard trials > 0 else { return Interval(lower: 0, upper: 1, confidence: confidence) }
    let n = Double(trials)
    let p = Double(successes) / n
    let z = Interval.z(confidence: confidence)
    let z2 = z * z
    let centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    let half = z / (1 + z2 / n) * (p * (1 - p) / n + z2 / (4 * n * n)).squareRoot()
    return Interval(
      lower: successes == 0 ? 0 : max(0, centre - half),
      upper: successes == trials ? 1 : min(1, centre + half), confidence: confidence)
  }
}
