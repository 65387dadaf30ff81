/// An interval that holds the true value with some confidence.
public struct Interval: Sendable, Hashable {
  public let lower: Double
  public let upper: Double
  /// Two-sided, in 0 … 1: 0.9 says that each end errs in 5 % of evaluations.
  public let confidence: Double

  public init(lower: Double, upper: Double, confidence: Double) {
    self.lower = lower
    self.upper = upper
    self.confidence = confidence
  }

  /// The interval of the negated value.
  var negated: Interval { Interval(lower: -upper, upper: -lower, confidence: confidence) }

  /// The z whose tail is (1 − confidence) / 2.
  static func z(confidence: Double) -> Double {
    NormalDistribution.quantile(1 - (1 - confidence) / 2)
  }
}
