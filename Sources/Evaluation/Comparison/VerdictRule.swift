import MLOpsCore

/// Makes a verdict of a comparison.
///
/// Let `d` be candidate − baseline of the gate's metric (negated where lower is better), `[l, u]`
/// its interval with confidence 1 − 2·alpha, and `p` the one-sided p-value of McNemar's test that
/// the candidate is worse. The first line that holds decides:
///
/// | verdict | when |
/// |---|---|
/// | passed | both sides are the same release |
/// | failed | a must-pass case is wrong |
/// | failed | a slice drops by more than its margin, corrected p ≤ alpha |
/// | failed | `u` < −margin |
/// | failed | p ≤ alpha and `l` < −margin |
/// | failed | rule `improvement`: p ≤ alpha or `u` ≤ 0 with cases that differ |
/// | inconclusive | fewer cases than `min_cases` were measured |
/// | passed | rule `no_regression`: `l` ≥ −margin |
/// | passed | rule `improvement`: `l` > 0 |
/// | inconclusive | otherwise |
///
/// So the chance of passing a candidate that is worse by more than the margin is at most alpha.
struct VerdictRule {
  let suite: Suite
  let comparison: Comparison
  let baseline: SuiteRun
  let candidate: SuiteRun

  private var gate: Gate { suite.gate }

  func decide() throws(EvaluationError) -> Decision {
    guard let main = comparison.metrics.first(where: { $0.metric == gate.metric }) else {
      throw .couldNotMeasure(reason: "the gate's metric '\(gate.metric)' was not measured")
    }
    guard baseline.release != candidate.release else {
      return decision(
        .passed, ["Baseline and candidate are the same release: there is nothing to compare."])
    }
    let failures = mustPassFailures + sliceFailures + regression(main)
    guard failures.isEmpty else { return decision(.failed, failures) }
    let measured = main.counts.total
    guard measured >= gate.minimumCases else {
      return decision(
        .inconclusive,
        ["\(measured) cases were measured; the gate asks for at least \(gate.minimumCases)."],
        more: max(gate.minimumCases - measured, moreCases(main) ?? 0))
    }
    if gate.rule == .noRegression ? ends(main).lower >= -gate.margin : ends(main).lower > 0 {
      return decision(.passed, [pass(main)])
    }
    return decision(.inconclusive, [doubt(main)], more: moreCases(main))
  }

  private func decision(_ verdict: Verdict, _ reasons: [String], more: Int? = nil) -> Decision {
    Decision(verdict: verdict, reasons: reasons, notes: notes, moreCases: more)
  }

  /// The interval seen so that higher is better.
  private func ends(_ metric: MetricComparison) -> Interval {
    gate.direction == .higher ? metric.difference : metric.difference.negated
  }

  // MARK: Failing

  private var mustPassFailures: [String] {
    let wrong = gate.mustPass.filter { id in
      guard let index = suite.cases.firstIndex(where: { $0.id == id }) else { return true }
      return candidate.outcomes[index].isRight(gate.metric) == false
    }
    guard !wrong.isEmpty else { return [] }
    return ["The candidate is wrong on must-pass cases: \(wrong.joined(separator: ", "))."]
  }

  private var sliceFailures: [String] {
    comparison.slices.compactMap { slice in
      guard let margin = gate.sliceMargins[slice.field], let p = slice.pWorse, p <= gate.alpha,
        gate.direction.gain(slice.counts).difference < -margin
      else { return nil }
      return
        "The slice \(slice.field) = \(slice.value) is worse by \(Points.of(abs(slice.counts.difference))), more than its margin of \(Points.of(margin)) (\(PValue.text(p)))."
    }
  }

  private func regression(_ main: MetricComparison) -> [String] {
    let interval = ends(main)
    let gain = gate.direction.gain(main.counts)
    let p = McNemarTest.worse(fixed: gain.fixed, broken: gain.broken)
    if interval.upper < -gate.margin {
      return [
        "\(gate.metric) is worse by \(Points.of(-gain.difference)), certainly by more than the margin of \(Points.of(gate.margin)) (interval \(Points.of(main.difference)))."
      ]
    }
    if p <= gate.alpha, interval.lower < -gate.margin || gate.rule == .improvement {
      return [
        "\(gate.metric) is worse by \(Points.of(-gain.difference)) (\(PValue.text(p)))\(gate.rule == .improvement ? "" : ", and a loss of more than the margin of \(Points.of(gate.margin)) is not ruled out")."
      ]
    }
    if gate.rule == .improvement, interval.upper <= 0, gain.fixed + gain.broken > 0 {
      return ["\(gate.metric) is not better: the interval is \(Points.of(main.difference))."]
    }
    return []
  }

  // MARK: Passing and doubting

  private func pass(_ main: MetricComparison) -> String {
    let claim =
      gate.rule == .improvement
      ? "is better" : "is no worse than the margin of \(Points.of(gate.margin)) allows"
    return
      "\(gate.metric) \(claim): \(Points.signed(main.counts.difference)) (interval \(Points.of(main.difference)))."
  }

  private func doubt(_ main: MetricComparison) -> String {
    let bound = gate.rule == .improvement ? "0" : Points.signed(-gate.margin)
    return
      "The cases do not decide: \(gate.metric) changed by \(Points.signed(main.counts.difference)) (interval \(Points.of(main.difference))), and the interval has to lie \(gate.rule == .improvement ? "above" : "at or above") \(bound)."
  }

  /// In addition to those measured.
  private func moreCases(_ main: MetricComparison) -> Int? {
    let gain = gate.direction.gain(main.counts)
    let bound = gate.rule == .improvement ? 0 : -gate.margin
    let confidence = gate.confidence
    // A candidate that looks worse than the bound is decided by showing that it is.
    let needed =
      CasePlan.cases(above: bound, seen: gain, confidence: confidence)
      ?? CasePlan.cases(above: -bound, seen: gain.swapped, confidence: confidence)
    return needed.map { max(1, $0 - main.counts.total) }
  }

  private var notes: [String] {
    var notes: [String] = []
    if !comparison.failed.isEmpty {
      notes.append(
        "\(comparison.failed.count) of \(suite.cases.count) cases failed to run and are in no figure."
      )
    }
    for (name, run) in [("baseline", baseline), ("candidate", candidate)] {
      let unreadable = run.outcomes.compactMap(\.unreadable).count
      if unreadable > 0 {
        notes.append(
          unreadable == 1
            ? "1 answer of the \(name) is not readable and counts as wrong."
            : "\(unreadable) answers of the \(name) are not readable and count as wrong.")
      }
    }
    for slice in comparison.slices {
      guard let margin = gate.sliceMargins[slice.field],
        gate.direction.gain(slice.counts).difference < -margin, (slice.pWorse ?? 0) > gate.alpha
      else { continue }
      notes.append(
        "The slice \(slice.field) = \(slice.value) looks worse by \(Points.of(abs(slice.counts.difference))), but its \(slice.counts.total) cases do not show it."
      )
    }
    return notes
  }
}
