import Foundation

/// Two runs of one suite, side by side.
public struct Comparison: Sendable, Hashable {
  /// In the order of the suite.
  public let metrics: [MetricComparison]
  /// By field in the order of the suite, then by value.
  public let slices: [SliceComparison]
  /// Of each field with at least two slices.
  public let gaps: [SliceGap]
  /// Indices of the cases in which the candidate is better by the gate's first metric: of right and
  /// wrong, those that only it answered rightly.
  public let fixed: [Int]
  /// Indices of those in which it is worse.
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
    let check = gate.main
    guard let main = suite.metrics.firstIndex(of: check.metric) else {
      throw .couldNotMeasure(reason: "the gate's metric '\(check.metric)' was not measured")
    }
    func pair(_ metric: Int, _ index: Int) -> (baseline: [Double], candidate: [Double])? {
      guard let left = baseline.outcomes[index].numbers(metric),
        let right = candidate.outcomes[index].numbers(metric)
      else { return nil }
      return (left, right)
    }
    let indices = suite.cases.indices
    metrics = suite.metrics.enumerated().map { place, metric in
      MetricComparison(
        metric, indices.compactMap { pair(place, $0) }, confidence: gate.confidence,
        checks: gate.checks.count, bootstrap: bootstrap)
    }
    let changes = indices.map { index in
      pair(main, index).map {
        check.metric.value(of: $0.candidate) - check.metric.value(of: $0.baseline)
      }
    }
    let (up, down) = (
      indices.filter { changes[$0] ?? 0 > 0 }, indices.filter { changes[$0] ?? 0 < 0 }
    )
    (fixed, broken) = check.direction == .higher ? (up, down) : (down, up)
    failed = indices.filter {
      baseline.outcomes[$0].failure != nil || candidate.outcomes[$0].failure != nil
    }
    slices = Comparison.slices(of: suite, bootstrap) { pair(main, $0) }
    gaps = Comparison.gaps(slices, fields: suite.slices)
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
      let failures = zip(suite.cases, run.outcomes).compactMap { one, outcome in
        outcome.failure.map { (id: one.id, reason: $0) }
      }
      guard
        failures.count < count,
        Double(failures.count) <= suite.gate.maximumFailedShare * Double(count)
      else {
        throw .couldNotMeasure(
          reason:
            "\(failures.count) of \(count) cases of \(run.label) failed to run, the first, "
            + "'\(failures.first?.id ?? "")', because: "
            + (failures.first?.reason ?? "").trimmingCharacters(in: ["."]))
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
    of suite: Suite, _ bootstrap: PairedBootstrap,
    _ pair: (Int) -> (baseline: [Double], candidate: [Double])?
  ) -> [SliceComparison] {
    let gate = suite.gate
    let check = gate.main
    var found: [(field: String, value: String, figures: PairedFigures)] = []
    for field in suite.slices {
      let groups = Dictionary(grouping: suite.cases.indices) {
        suite.cases[$0].slices[field] ?? ""
      }
      for (value, members) in groups.sorted(by: { $0.key < $1.key }) {
        let figures = PairedFigures(
          check.metric, members.compactMap(pair), confidence: gate.confidence,
          bootstrap: bootstrap)
        found.append((field, value, figures))
      }
    }
    let guarded = found.indices.filter { gate.sliceMargins[found[$0].field] != nil }
    let adjusted = HolmCorrection.adjusted(
      guarded.map { found[$0].figures.gain(check.direction).pWorse })
    let worse = Dictionary(uniqueKeysWithValues: zip(guarded, adjusted))
    return found.enumerated().map { index, slice in
      SliceComparison(
        field: slice.field, value: slice.value, figures: slice.figures, pWorse: worse[index])
    }
  }

  private static func gaps(_ slices: [SliceComparison], fields: [String]) -> [SliceGap] {
    fields.compactMap { field in
      let members = slices.filter { $0.field == field && $0.figures.cases > 0 }
      let before = members.map(\.figures.baseline)
      guard members.count > 1, let least = before.min(), let most = before.max(),
        let smallest = members.min(by: { $0.figures.candidate < $1.figures.candidate }),
        let largest = members.max(by: { $0.figures.candidate < $1.figures.candidate })
      else { return nil }
      return SliceGap(
        field: field, baseline: most - least,
        candidate: largest.figures.candidate - smallest.figures.candidate,
        smallest: smallest.value, largest: largest.value)
    }
  }
}
