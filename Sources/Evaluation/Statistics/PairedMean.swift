/// Count, mean and spread of paired differences, which is all that Student's t needs.
public struct PairedMean: Sendable, Hashable {
  /// At least 2.
  public let count: Int
  /// Mean of candidate − baseline.
  public let mean: Double
  /// Sample variance of the differences (n − 1), at least 0.
  public let variance: Double

  /// Nil for fewer than two differences, or where one or their spread is not finite.
  ///
  /// - SeeAlso: Welford, Technometrics 4 (1962), for a variance that keeps its digits.
  public init?(_ differences: some Sequence<Double>) {
    var count = 0
    var mean = 0.0
    var squares = 0.0
    for difference in differences {
      count += 1
      let deviation = difference - mean
      mean += deviation / Double(count)
      squares += deviation * (difference - mean)
    }
    guard count > 1, mean.isFinite, squares.isFinite else { return nil }
    self.count = count
    self.mean = mean
    variance = squares / Double(count - 1)
  }

  /// Of baseline − candidate.
  var negated: PairedMean { PairedMean(count: count, mean: -mean, variance: variance) }

  private init(count: Int, mean: Double, variance: Double) {
    self.count = count
    self.mean = mean
    self.variance = variance
  }

  /// Of the mean.
  var standardError: Double { (variance / Double(count)).squareRoot() }

  /// Student's t interval of the mean.
  ///
  /// - Parameter confidence: two-sided, 0 < confidence < 1.
  /// - SeeAlso: Student, Biometrika 6 (1908).
  public func interval(confidence: Double) -> Interval {
    // Of equal differences also where the quantile is infinite.
    let half = variance > 0 ? Self.t(confidence: confidence, count: count) * standardError : 0
    return Interval(lower: mean - half, upper: mean + half, confidence: confidence)
  }

  /// P of a mean at least as large if the true one were `bound`.
  func pValue(above bound: Double) -> Double {
    guard variance > 0 else { return mean > bound ? 0 : 1 }
    // The lower tail keeps its digits.
    return StudentDistribution.cumulative(
      (bound - mean) / standardError, freedom: Double(count - 1))
  }

  /// The t whose tail is (1 − confidence) / 2.
  static func t(confidence: Double, count: Int) -> Double {
    StudentDistribution.quantile(1 - (1 - confidence) / 2, freedom: Double(count - 1))
  }
}
