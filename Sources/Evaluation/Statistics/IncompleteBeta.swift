import Foundation

/// The regularised incomplete beta function I(x; a, b), by its continued fraction.
///
/// - SeeAlso: Abramowitz and Stegun (1964), 26.5.8; Lentz, Applied Optics 15 (1976), for evaluating
///   it from the front.
enum IncompleteBeta {
  /// P(X ≤ x) of X ~ Beta(a, b), a, b > 0; x is taken into 0 … 1.
  static func regularised(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    let front = exp(a * log(x) + b * log1p(-x) - GammaFunction.logBeta(a, b))
    // On this side of the mean the fraction converges fast; the other is one minus it.
    return x <= (a + 1) / (a + b + 2)
      ? front * fraction(x, a, b) / a : 1 - front * fraction(1 - x, b, a) / b
  }

  private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let least = 1e-300
    func kept(_ value: Double) -> Double { abs(value) < least ? least : value }
    var c = 1.0
    var d = 1 / kept(1 - (a + b) * x / (a + 1))
    var result = d
    for m in stride(from: 1.0, through: 100_000, by: 1) {
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / kept(1 + even * d)
      c = kept(1 + even / c)
      result *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / kept(1 + odd * d)
      c = kept(1 + odd / c)
      result *= d * c
      if abs(d * c - 1) < 1e-15 { break }
    }
    return result
  }
}
