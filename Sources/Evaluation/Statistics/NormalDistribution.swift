import Foundation

/// The standard normal distribution.
enum NormalDistribution {
  /// P(Z ≤ z).
  static func cumulative(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

  /// The z with P(Z ≤ z) = p, for 0 < p < 1; ±∞ at the ends.
  ///
  /// Bisection: a few hundred calls an evaluation do not need a rational approximation, and the
  /// result is as exact as `erfc`.
  static func quantile(_ p: Double) -> Double {
    guard p > 0 else { return -.infinity }
    guard p < 1 else { return .infinity }
    // The lower tail keeps its digits; the upper one is its mirror image.
    guard p <= 0.5 else { return -quantile(1 - p) }
    var low = -39.0
    var high = 0.0
    while true {
      let middle = (low + high) / 2
      guard middle > low, middle < high else { return middle }
      if cumulative(middle) < p { low = middle } else { high = middle }
    }
  }
}
