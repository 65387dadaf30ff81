import Foundation

/// The logistic function, exact where its argument is large.
enum Logistic {
  /// `σ(x) = 1 / (1 + e⁻ˣ)`.
  static func value(_ x: Double) -> Double {
    guard x < 0 else { return 1 / (1 + exp(-x)) }
    let power = exp(x)
    return power / (1 + power)
  }

  /// `ln σ(x)`.
  static func logarithm(_ x: Double) -> Double { min(x, 0) - log1p(exp(-abs(x))) }
}
