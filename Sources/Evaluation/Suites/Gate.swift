/// The rule that makes a verdict of a comparison; `VerdictRule` applies it.
public struct Gate: Sendable, Hashable {
  public enum Rule: String, Sendable, CaseIterable {
    /// The candidate must not be worse by more than the margin.
    case noRegression = "no_regression"
    /// The candidate must be better.
    case improvement
  }

  /// Which way of a metric is better.
  public enum Direction: String, Sendable, CaseIterable { case higher, lower }

  public var metric: Metric
  public var direction: Direction
  public var rule: Rule
  /// By how much the metric may drop, 0 … 1.
  public var margin: Double
  /// The chance of letting a candidate pass that is worse by just more than the margin,
  /// 0 < alpha < 0.5. The interval has the confidence 1 − 2·alpha.
  public var alpha: Double
  /// Fewer measured cases cannot pass.
  public var minimumCases: Int
  /// The share of cases that may fail to run before nothing counts as measured, 0 … 1.
  public var maximumFailedShare: Double
  /// By how much each slice may drop, by slice field, 0 … 1.
  public var sliceMargins: [String: Double]
  /// Cases that the candidate must answer rightly, by id.
  public var mustPass: [String]

  public init(
    metric: Metric = .accuracy, direction: Direction = .higher, rule: Rule = .noRegression,
    margin: Double = 0.01, alpha: Double = 0.05, minimumCases: Int = 1,
    maximumFailedShare: Double = 0.01, sliceMargins: [String: Double] = [:],
    mustPass: [String] = []
  ) {
    self.metric = metric
    self.direction = direction
    self.rule = rule
    self.margin = margin
    self.alpha = alpha
    self.minimumCases = minimumCases
    self.maximumFailedShare = maximumFailedShare
    self.sliceMargins = sliceMargins
    self.mustPass = mustPass
  }

  /// The two-sided confidence of the interval: each of its ends errs with alpha.
  public var confidence: Double { 1 - 2 * alpha }
}
