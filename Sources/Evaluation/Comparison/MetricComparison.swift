/// One metric of two releases, over the cases that both answered.
public struct MetricComparison: Sendable, Hashable {
  public let metric: Metric
  public let counts: PairedCounts
  /// Of the share of right cases of the baseline (Wilson).
  public let baseline: Interval
  /// Of the share of right cases of the candidate (Wilson).
  public let candidate: Interval
  /// Of candidate − baseline (Tango); the gate decides by it.
  public let difference: Interval
  /// Of candidate − baseline (BCa bootstrap), for comparison.
  public let bootstrap: Interval?
  /// McNemar's exact test, two-sided: P of a difference at least as large between equals.
  public let pValue: Double

  init(
    _ metric: Metric, _ pairs: [(baseline: Bool, candidate: Bool)], confidence: Double,
    bootstrap: PairedBootstrap
  ) {
    let counts = PairedCounts(pairs)
    self.metric = metric
    self.counts = counts
    baseline = WilsonInterval.of(
      successes: counts.bothRight + counts.broken, trials: counts.total, confidence: confidence)
    candidate = WilsonInterval.of(
      successes: counts.bothRight + counts.fixed, trials: counts.total, confidence: confidence)
    difference = TangoInterval.of(counts, confidence: confidence)
    self.bootstrap = bootstrap.interval(
      of: pairs.map { ($0.candidate ? 1 : 0) - ($0.baseline ? 1 : 0) }, confidence: confidence)
    pValue = McNemarTest.twoSided(fixed: counts.fixed, broken: counts.broken)
  }
}
