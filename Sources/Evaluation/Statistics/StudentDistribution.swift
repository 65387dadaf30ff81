import Foundation

/// Student's t distribution.
///
/// - SeeAlso: Student, Biometrika 6 (1908); Abramowitz and Stegun (1964), 26.7.1.
enum StudentDistribution {
  /// P(T ≤ t) with so many degrees of freedom, more than 0; NaN for a t that is not a number.
  static func cumulative(_ t: Double, freedom: Double) -> Double {
    guard !t.isNaN else { return .nan }
    guard t.isFinite else { return t < 0 ? 0 : 1 }
    // P of lying further out. Near the middle the complement keeps the digits, in the tails this.
    let outside =
      t * t < 1
      ? 1 - IncompleteBeta.regularised(t * t / (freedom + t * t), 0.5, freedom / 2)
      : IncompleteBeta.regularised(freedom / (freedom + t * t), freedom / 2, 0.5)
    return t < 0 ? outside / 2 : 1 - outside / 2
  }

  /// The t with P(T ≤ t) = p, for 0 < p < 1; ±∞ at the ends.
  static func quantile(_ p: Double, freedom: Double) -> Double {
    guard p > 0 else { return -.infinity }
    guard p < 1 else { return .infinity }
    guard p != 0.5 else { return 0 }
    guard p < 0.5 else { return -quantile(1 - p, freedom: freedom) }
    var low = -1.0
    while cumulative(low, freedom: freedom) > p {
      low *= 2
      guard low.isFinite else { return -.infinity }
    }
    var high = 0.0
    while true {
      let middle = (low + high) / 2
      guard middle > low, middle < high else { return middle }
      if cumulative(middle, freedom: freedom) < p { low = middle } else { high = middle }
    }
  }
}
