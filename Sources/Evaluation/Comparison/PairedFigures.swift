import Foundation

/// A metric of both sides over the same cases, and what their difference can be trusted for.
public struct PairedFigures: Sendable, Hashable {
  public let cases: Int
  /// The metric of the baseline's cases; NaN without cases.
  public let baseline: Double
  public let candidate: Double
  /// Of candidate − baseline; the gate decides by it. Of right and wrong it is Tango's, else a BCa
  /// bootstrap; infinite where the cases cannot give one. Where no case of a metric with bounds changed,
  /// it is what such a sample leaves possible: as many as `1 − e^(1/n)` of the cases may change wholly,
  /// `e` being the error of an end.
  public let interval: Interval
  /// Of candidate − baseline, with each end's error divided by the number of checks (Bonferroni): it
  /// is what several checks may be failed by.
  let cautious: Interval
  /// P of a difference at least as large, in either direction, between equals: McNemar's exact test
  /// of right and wrong, else by swapping sides. 1 where nothing differs.
  public let pValue: Double
  /// Of a candidate's metric at most as large as seen, between equals.
  let pSmaller: Double
  /// Of one at least as large.
  let pLarger: Double
  /// Where each case is right or wrong.
  public let counts: PairedCounts?
  /// Of differences of cases, where the metric is a mean of cases that are more than right or wrong.
  let mean: PairedMean?

  public var difference: Double { candidate - baseline }

  /// - Parameters:
  ///   - pairs: each case's numbers on both sides.
  ///   - checks: how many metrics are judged at once.
  init(
    _ metric: Metric, _ pairs: [(baseline: [Double], candidate: [Double])], confidence: Double,
    checks: Int = 1, bootstrap: PairedBootstrap
  ) {
    let strict = 1 - (1 - confidence) / Double(checks)
    let statistic = metric.definition.statistic
    let (before, after) = (pairs.flatMap(\.baseline), pairs.flatMap(\.candidate))
    cases = pairs.count
    baseline = pairs.isEmpty ? .nan : statistic.value(of: before)
    candidate = pairs.isEmpty ? .nan : statistic.value(of: after)
    let isMean =
      statistic is MeanStatistic
      || statistic is any MeanOverCases
        && pairs.allSatisfy { $0.baseline[1] == 1 && $0.candidate[1] == 1 }
    if isMean, pairs.allSatisfy({ PairedFigures.isRightOrWrong($0) }) {
      let counts = PairedCounts(pairs.map { ($0.baseline[0] == 1, $0.candidate[0] == 1) })
      self.counts = counts
      mean = nil
      interval = TangoInterval.of(counts, confidence: confidence)
      cautious = checks == 1 ? interval : TangoInterval.of(counts, confidence: strict)
      pValue = McNemarTest.twoSided(fixed: counts.fixed, broken: counts.broken)
      pSmaller = McNemarTest.worse(fixed: counts.fixed, broken: counts.broken)
      pLarger = McNemarTest.better(fixed: counts.fixed, broken: counts.broken)
    } else {
      counts = nil
      mean =
        isMean ? PairedMean(pairs.map { $0.candidate[0] - $0.baseline[0] }) : nil
      let isUnchanged = !pairs.isEmpty && before == after
      func resampled(_ confidence: Double) -> Interval {
        if isUnchanged, let range = metric.unit.range {
          // A bootstrap of equal cases has no width, whatever it did not see.
          let most = range * (1 - pow((1 - confidence) / 2, 1 / Double(pairs.count)))
          return Interval(lower: -most, upper: most, confidence: confidence)
        }
        return bootstrapped(confidence)
      }
      func bootstrapped(_ confidence: Double) -> Interval {
        bootstrap.interval(
          of: statistic, candidate: after, baseline: before, confidence: confidence)
          ?? Interval(lower: -.infinity, upper: .infinity, confidence: confidence)
      }
      interval = resampled(confidence)
      cautious = checks == 1 ? interval : resampled(strict)
      let test = PermutationTest(draws: bootstrap.resamples, seed: bootstrap.seed)(
        statistic, candidate: after, baseline: before)
      pValue = test?.twoSided ?? 1
      pSmaller = test?.smaller ?? 1
      pLarger = test?.larger ?? 1
    }
  }

  /// Fewer cases than this give no interval by resampling that could be trusted: what they did not see
  /// does not lie in it. (Of right and wrong the interval is exact enough for any number.)
  static let leastResampled = 20

  /// Whether there are too few cases for the interval to decide by.
  var isTooFew: Bool { counts == nil && cases < PairedFigures.leastResampled }

  private static func isRightOrWrong(_ pair: (baseline: [Double], candidate: [Double])) -> Bool {
    isRightOrWrong(pair.baseline) && isRightOrWrong(pair.candidate)
  }

  /// Whether a case's value and its one are 0 or 1, and 1.
  private static func isRightOrWrong(_ numbers: [Double]) -> Bool {
    numbers[1] == 1 && (numbers[0] == 0 || numbers[0] == 1)
  }

  /// Seen so that more is better.
  func gain(_ direction: Gate.Direction) -> Gain {
    Gain(
      difference: direction == .higher ? difference : -difference,
      interval: direction == .higher ? interval : interval.negated,
      cautious: direction == .higher ? cautious : cautious.negated,
      pWorse: direction == .higher ? pSmaller : pLarger,
      counts: counts.map { direction == .higher ? $0 : $0.swapped },
      mean: mean.map { direction == .higher ? $0 : $0.negated }, cases: cases)
  }

  /// A difference seen so that more is better.
  struct Gain {
    let difference: Double
    let interval: Interval
    let cautious: Interval
    /// P of a candidate this bad between equals.
    let pWorse: Double
    let counts: PairedCounts?
    let mean: PairedMean?
    let cases: Int

    /// How many cases would decide that it lies above (or, where it seems to lie below, below) a
    /// bound, in addition to those there are; nil where nobody can say.
    func moreCases(above bound: Double, confidence: Double) -> Int? {
      let needed: Int?
      if let counts {
        needed =
          CasePlan.cases(above: bound, seen: counts, confidence: confidence)
          ?? CasePlan.cases(above: -bound, seen: counts.swapped, confidence: confidence)
      } else if let mean {
        needed =
          CasePlan.cases(above: bound, seen: mean, confidence: confidence)
          ?? CasePlan.cases(above: -bound, seen: mean.negated, confidence: confidence)
      } else {
        // The interval narrows with the root of the number of cases.
        let half = (interval.upper - interval.lower) / 2
        let distance = abs(difference - bound)
        let factor = half / distance
        needed =
          factor.isFinite && factor * factor * Double(cases) < 1e7
          ? Int((factor * factor * Double(cases)).rounded(.up)) : nil
      }
      return needed.map { max(1, $0 - cases) }
    }

    /// The least true difference that so many cases would show; nil where nobody can say.
    func detectable(confidence: Double) -> Double? {
      if let counts { return DetectableDifference.of(counts, confidence: confidence) }
      let value = mean.map { DetectableDifference.of($0, confidence: confidence) }
      return value.flatMap { $0.isFinite ? $0 : nil }
    }
  }
}
