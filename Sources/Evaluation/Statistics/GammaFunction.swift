import Foundation

/// Logarithms of the gamma and beta functions of positive numbers.
///
/// - SeeAlso: Abramowitz and Stegun (1964), 6.1.40 (Stirling's series) and 6.2.2; Didonato and
///   Morris, ACM TOMS 18 (1992), for taking differences of it without losing digits.
enum GammaFunction {
  /// ln Γ(x), x > 0.
  static func logarithm(_ x: Double) -> Double {
    guard x < reach else { return stirling(x) }
    // Γ(x) = Γ(x + k) / (x (x + 1) … (x + k − 1)), up to where the series is exact.
    var product = 1.0
    var raised = x
    while raised < reach {
      product *= raised
      raised += 1
    }
    return stirling(raised) - log(product)
  }

  /// ln B(a, b), a, b > 0: exact to about 1e-14 also where one of them is in the millions.
  static func logBeta(_ a: Double, _ b: Double) -> Double {
    let small = min(a, b)
    let large = max(a, b)
    guard large >= reach else {
      return logarithm(a) + logarithm(b) - logarithm(a + b)
    }
    // ln Γ(large) − ln Γ(large + small), of which the large parts are taken off by hand.
    let ratio =
      small - (large - 0.5) * log1p(small / large) - small * log(large + small)
      + remainder(large) - remainder(large + small)
    return logarithm(small) + ratio
  }

  /// ln of the number of ways to choose k of n, 0 ≤ k ≤ n.
  static func logChoices(_ k: Double, of n: Double) -> Double {
    -log(n + 1) - logBeta(k + 1, n - k + 1)
  }

  /// From here on the series below is exact to the last digit or two.
  private static let reach = 12.0

  private static func stirling(_ x: Double) -> Double {
    (x - 0.5) * log(x) - x + 0.5 * log(2 * .pi) + remainder(x)
  }

  /// What Stirling's formula leaves of ln Γ(x), x ≥ 12.
  static func remainder(_ x: Double) -> Double {
    let square = 1 / (x * x)
    let tail = 1.0 / 1680 - square * (1.0 / 1188 - square * 691 / 360_360)
    return (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square * tail))) / x
  }
}
