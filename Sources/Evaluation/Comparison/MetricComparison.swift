/// One metric of two releases, over the cases that both answered.
public struct MetricComparison: Sendable, Hashable {
  public let metric: Metric
  public let figures: PairedFigures
  /// Of the baseline's share of right cases (Wilson); nil where cases are more than right or wrong.
  public let baseline: Interval?
  /// Of the candidate's.
  public let candidate: Interval?
  /// Of candidate − baseline (BCa bootstrap): of right and wrong for comparison.
  public let bootstrap: Interval?

  init(
    _ metric: Metric, _ pairs: [(baseline: [Double], candidate: [Double])], confidence: Double,
    checks: Int, bootstrap: PairedBootstrap
  ) {
    self.metric = metric
    let figures = PairedFigures(
      metric, pairs, confidence: confidence, checks: checks, bootstrap: bootstrap)
    self.figures = figures
    func wilson(_ right: Int?) -> Interval? {
      right.map {
        WilsonInterval.of(successes: $0, trials: figures.cases, confidence: confidence)
      }
    }
    baseline = wilson(figures.counts.map { $0.bothRight + $0.broken })
    candidate = wilson(figures.counts.map { $0.bothRight + $0.fixed })
    self.bootstrap =
      figures.counts == nil
      ? figures.interval
      : bootstrap.interval(
        of: pairs.map { $0.candidate[0] - $0.baseline[0] }, confidence: confidence)
  }
}
