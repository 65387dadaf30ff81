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

  /// What is demanded of one metric.
  public struct Check: Sendable, Hashable {
    public var metric: Metric
    public var direction: Direction
    public var rule: Rule
    /// By how much the metric may get worse, in its own unit, at least 0.
    public var margin: Double

    public init(
      metric: Metric, direction: Direction? = nil, rule: Rule = .noRegression,
      margin: Double = 0.01
    ) {
      self.metric = metric
      self.direction = direction ?? metric.direction
      self.rule = rule
      self.margin = margin
    }
  }

  /// What the candidate may take at most, whatever the baseline takes.
  public struct Budget: Sendable, Hashable {
    public var figure: RunFigure
    public var limit: Double

    public init(figure: RunFigure, limit: Double) {
      self.figure = figure
      self.limit = limit
    }
  }

  /// At least one; slices and must-pass cases are judged by the first.
  public var checks: [Check]
  /// The chance of letting a candidate pass that is worse by just more than a margin,
  /// 0 < alpha < 0.5. Intervals have the confidence 1 − 2·alpha.
  public var alpha: Double
  /// Fewer measured cases cannot pass.
  public var minimumCases: Int
  /// The share of cases that may fail to run before nothing counts as measured, 0 … 1.
  public var maximumFailedShare: Double
  /// By how much each slice may get worse, by slice field, in the first metric's unit.
  public var sliceMargins: [String: Double]
  /// Cases that the candidate must answer rightly, by id.
  public var mustPass: [String]
  public var budgets: [Budget]

  public init(
    checks: [Check] = [Check(metric: .accuracy)], alpha: Double = 0.05, minimumCases: Int = 1,
    maximumFailedShare: Double = 0.01, sliceMargins: [String: Double] = [:],
    mustPass: [String] = [], budgets: [Budget] = []
  ) {
    self.checks = checks
    self.alpha = alpha
    self.minimumCases = minimumCases
    self.maximumFailedShare = maximumFailedShare
    self.sliceMargins = sliceMargins
    self.mustPass = mustPass
    self.budgets = budgets
  }

  /// The first check.
  public var main: Check { checks[0] }

  /// The two-sided confidence of intervals: each end errs with alpha.
  public var confidence: Double { 1 - 2 * alpha }
}
