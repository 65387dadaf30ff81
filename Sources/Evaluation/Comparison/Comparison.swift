import Foundation

/// Two runs of one suite, side by side.
public struct Comparison: Sendable, Hashable {
  /// In the order of the suite.
  public let metrics: [MetricComparison]
  /// By field in the order of the suite, then by value.
  public let slices: [SliceComparison]
  /// Indices of the cases that only the candidate answered rightly, by the gate's metric.
  public let fixed: [Int]
  /// Indices of the cases that only the baseline answered rightly, by the gate's metric.
  public let broken: [Int]
  /// Indices of the cases that failed to run on either side; they are in no comparison.
  public let failed: [Int]

  /// Compares what both sides answered.
  ///
  /// - Throws: `EvaluationError` with code `evaluation.could_not_measure`.
  public init(
    suite: Suite, baseline: SuiteRun, candidate: SuiteRun,
    bootstrap: PairedBootstrap = PairedBootstrap()
  ) throws(EvaluationError) {
    try Comparison.checkMeasured(suite, baseline, candidate)
    let gate = suite.gate
    func pair(_ metric: Metric, _ index: Int) -> (baseline: Bool, candidate: Bool)? {
      guard let left = baseline.outcomes[index].isRight(metric),
        let right = candidate.outcomes[index].isRight(metric)
      else { return nil }
      return (left, right)
    }
    let indices = suite.cases.indices
    metrics = suite.metrics.map { metric in
      MetricComparison(
        metric, indices.compactMap { pair(metric, $0) }, confidence: gate.confidence,
        bootstrap: bootstrap)
    }
    fixed = indices.filter { pair(gate.metric, $0).map { !$0.baseline && $0.candidate } ?? false }
    broken = indices.filter { pair(gate.metric, $0).map { $0.baseline && !$0.candidate } ?? false }
    failed = indices.filter { pair(gate.metric, $0) == nil }
    slices = Comparison.slices(of: suite) { pair(gate.metric, $0) }
  }

  private static func checkMeasured(
    _ suite: Suite, _ baseline: SuiteRun, _ candidate: SuiteRun
  ) throws(EvaluationError) {
    let count = suite.cases.count
    guard count > 0 else { throw .couldNotMeasure(reason: "the suite has no cases") }
    for run in [baseline, candidate] {
      guard run.outcomes.count == count else {
        throw .couldNotMeasure(
          reason: "\(run.label) has \(run.outcomes.count) outcomes for \(count) cases")
      }
    }
    // The same settings of the dice, or the two did not see the same suite.
    guard baseline.seed == candidate.seed else {
      throw .couldNotMeasure(
        reason: "the two sides ran with different seeds (\(baseline.seed), \(candidate.seed))")
    }
    for run in [baseline, candidate] {
      let failures = run.outcomes.compactMap(\.failure)
      guard
        failures.count < count,
        Double(failures.count) <= suite.gate.maximumFailedShare * Double(count)
      else {
        throw .couldNotMeasure(
          reason:
            "\(failures.count) of \(count) cases of \(run.label) failed to run, the first because: "
            + (failures.first ?? "").trimmingCharacters(in: ["."]))
      }
    }
    for id in suite.gate.mustPass {
      if let index = suite.cases.firstIndex(where: { $0.id == id }),
        let reason = candidate.outcomes[index].failure
      {
        throw .couldNotMeasure(
          reason: "the must-pass case '\(id)' failed to run: "
            + reason.trimmingCharacters(in: ["."]))
      }
    }
    let measured = zip(baseline.outcomes, candidate.outcomes).count {
      $0.failure == nil && $1.failure == nil
    }
    guard measured > 0 else { throw .couldNotMeasure(reason: "no case ran on both sides") }
  }

  private static func slices(
    of suite: Suite, _ pair: (Int) -> (baseline: Bool, candidate: Bool)?
  ) -> [SliceComparison] {
    let gate = suite.gate
    var found: [(field: String, value: String, counts: PairedCounts)] = []
    for field in suite.slices {
      let groups = Dictionary(grouping: suite.cases.indices) {
        suite.cases[$0].slices[field] ?? ""
      }
      for (value, members) in groups.sorted(by: { $0.key < $1.key }) {
        found.append((field, value, PairedCounts(members.compactMap(pair))))
      }
    }
    let guarded = found.indices.filter { gate.sliceMargins[found[$0].field] != nil }
    let adjusted = HolmCorrection.adjusted(
      guarded.map { index in
        let gain = gate.direction.gain(found[index].counts)
        return McNemarTest.worse(fixed: gain.fixed, broken: gain.broken)
      })
    let worse = Dictionary(uniqueKeysWithValues: zip(guarded, adjusted))
    return found.enumerated().map { index, slice in
      SliceComparison(
        field: slice.field, value: slice.value, counts: slice.counts,
        difference: TangoInterval.of(slice.counts, confidence: gate.confidence),
        pWorse: worse[index])
    }
  }
}

extension Gate.Direction {
  /// The counts seen so that more fixed cases are better.
  func gain(_ counts: PairedCounts) -> PairedCounts {
    self == .higher ? counts : counts.swapped
  }
}
