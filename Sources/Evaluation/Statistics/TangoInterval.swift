/// Tango's score interval for the difference of two shares measured on the same cases.
///
/// It holds its confidence even where few or no cases differ. (A bootstrap of 50 equal pairs says
/// "no difference, for certain"; this says "at most 5 points".) The gate decides by it.
/// - SeeAlso: Tango, Statistics in Medicine 17 (1998), 891–908.
public enum TangoInterval {
  /// The interval of candidate − baseline; −1 … 1 without cases.
  ///
  /// - Parameter confidence: two-sided, 0 < confidence < 1.
  public static func of(_ counts: PairedCounts, confidence: Double) -> Interval {
    of(
      fixed: Double(counts.fixed), broken: Double(counts.broken), total: Double(counts.total),
      confidence: confidence)
  }

  /// The same for fractional counts, which planning needs.
  static func of(fixed: Double, broken: Double, total: Double, confidence: Double) -> Interval {
    guard total > 0 else { return Interval(lower: -1, upper: 1, confidence: confidence) }
    let z = Interval.z(confidence: confidence)
    return Interval(
      lower: lowerLimit(fixed: fixed, broken: broken, total: total, z: z),
      upper: -lowerLimit(fixed: broken, broken: fixed, total: total, z: z),
      confidence: confidence)
  }

  /// The least difference that is not refuted: the score falls strictly from −1 to the estimate.
  private static func lowerLimit(fixed: Double, broken: Double, total: Double, z: Double)
    -> Double
  {
    var low = -1.0
    var high = (fixed - broken) / total
    guard score(fixed, broken, total, at: low) > z else { return low }
    for _ in 0..<100 {
      let middle = (low + high) / 2
      guard middle > low, middle < high else { break }
      if score(fixed, broken, total, at: middle) > z { low = middle } else { high = middle }
    }
    return high
  }

  /// How many standard errors the estimate lies above a supposed difference.
  static func score(
    _ fixed: Double, _ broken: Double, _ total: Double, at difference: Double
  ) -> Double {
    // The likeliest share of broken cases were the difference the true one (Tango's equation 5).
    let b = -fixed - broken + (2 * total - fixed + broken) * difference
    let c = -broken * difference * (1 - difference)
    let root = (b * b - 8 * total * c).squareRoot()
    // Of the two ways to write the solution, the one that does not cancel.
    let share = b > 0 ? -2 * c / (root + b) : (root - b) / (4 * total)
    let variance = total * (2 * share + difference * (1 - difference))
    guard variance > 0 else {
      return fixed - broken - total * difference > 0 ? .infinity : 0
    }
    return (fixed - broken - total * difference) / variance.squareRoot()
  }
}
