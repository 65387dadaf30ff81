import Foundation
import MLOpsCore

/// Draws of binomial numbers, exact in distribution, in a time that does not grow with the trials.
///
/// - SeeAlso: Hörmann, Journal of Statistical Computation and Simulation 46 (1993), 101–110:
///   algorithm BTRS, transformed rejection with squeeze.
enum BinomialDraw {
  /// How many of so many trials succeed.
  ///
  /// - Parameters:
  ///   - trials: at least 0.
  ///   - probability: of each; taken into 0 … 1.
  static func next(trials: Int, probability: Double, _ random: inout SplitMix64) -> Int {
    guard trials > 0, probability > 0 else { return 0 }
    guard probability < 1 else { return trials }
    guard probability <= 0.5 else {
      return trials - next(trials: trials, probability: 1 - probability, &random)
    }
    return Double(trials) * probability < 10
      ? counted(trials, probability, &random) : rejected(trials, probability, &random)
  }

  /// Few successes: the cumulative probabilities are walked upwards.
  private static func counted(_ trials: Int, _ p: Double, _ random: inout SplitMix64) -> Int {
    let n = Double(trials)
    let odds = p / (1 - p)
    var term = exp(n * log1p(-p))
    var left = random.unit()
    var k = 0
    while left >= term, k < trials {
      left -= term
      k += 1
      term *= odds * (n - Double(k) + 1) / Double(k)
      // What rounding left over of one belongs to the far tail, which ends here.
      if term < 1e-300 { break }
    }
    return k
  }

  private static func rejected(_ trials: Int, _ p: Double, _ random: inout SplitMix64) -> Int {
    let n = Double(trials)
    let odds = p / (1 - p)
    let deviation = (n * p * (1 - p)).squareRoot()
    let b = 1.15 + 2.53 * deviation
    let a = -0.0873 + 0.0248 * b + 0.01 * p
    let centre = n * p + 0.5
    let squeeze = 0.92 - 4.2 / b
    while true {
      let u = random.unit() - 0.5
      var v = random.unit()
      let distance = 0.5 - abs(u)
      let k = ((2 * a / distance + b) * u + centre).rounded(.down)
      if distance >= 0.07, v <= squeeze { return Int(k) }
      guard k >= 0, k <= n else { continue }
      v *= (2.83 + 5.1 / b) * deviation / (a / (distance * distance) + b)
      let mode = ((n + 1) * p).rounded(.down)
      let bound =
        (mode + 0.5) * log((mode + 1) / (odds * (n - mode + 1)))
        + (n + 1) * log((n - mode + 1) / (n - k + 1))
        + (k + 0.5) * log(odds * (n - k + 1) / (k + 1))
        + factorialRemainder(mode) + factorialRemainder(n - mode)
        - factorialRemainder(k) - factorialRemainder(n - k)
      if log(v) <= bound { return Int(k) }
    }
  }

  /// ln k! − (½ ln 2π + (k + ½) ln(k + 1) − (k + 1)): what Stirling's formula at k + 1 leaves.
  static func factorialRemainder(_ k: Double) -> Double {
    k < 12 ? small[Int(k)] : GammaFunction.remainder(k + 1)
  }

  private static let small: [Double] = (0..<12).map { k in
    let x = Double(k + 1)
    return GammaFunction.logarithm(x) - (0.5 * log(2 * .pi) + (x - 0.5) * log(x) - x)
  }
}
