import MLOpsCore

/// Makes a verdict of a comparison.
///
/// For each check of the gate let `d` be candidate − baseline of its metric (negated where lower is
/// better), `[l, u]` its interval with confidence 1 − 2·alpha, and `p` the one-sided p-value that the
/// candidate is worse, corrected for the number of checks (Holm); `c` is the upper end of an interval
/// whose error is divided by that number. The first line that holds decides:
///
/// | verdict | when |
/// |---|---|
/// | failed | a must-pass case is wrong, or a budget is exceeded |
/// | passed | both sides are the same release |
/// | failed | a slice drops by more than its margin, corrected p ≤ alpha |
/// | failed | of some check `c` < −margin and p ≤ alpha |
/// | failed | of some check p ≤ alpha and `l` < −margin |
/// | failed | rule `improvement`: p ≤ alpha, or `c` ≤ 0 with cases that differ |
/// | inconclusive | fewer cases than `min_cases` were measured, or than resampling needs (`PairedFigures.leastResampled`) |
/// | inconclusive | a slice dropped by more than its margin, but its cases do not show that it is no chance |
/// | passed | every check has `l` ≥ −margin (`no_regression`) or `l` > 0 (`improvement`) |
/// | inconclusive | otherwise |
///
/// A candidate passes only if every check says so, each at alpha: so the chance of passing one that
/// is worse than a margin allows is at most alpha, however many checks there are.
struct VerdictRule {
  let suite: Suite
  let comparison: Comparison
  let baseline: SuiteRun
  let candidate: SuiteRun
  let warnings: [SuiteWarning]

  private var gate: Gate { suite.gate }

  /// A check with what was measured of it.
  private struct Judged {
    let check: Gate.Check
    let comparison: MetricComparison
    let gain: PairedFigures.Gain
    /// Corrected.
    var pWorse: Double

    var passes: Bool {
      check.rule == .noRegression
        ? gain.interval.lower >= -check.margin : gain.interval.lower > 0
    }

    var isTooFew: Bool { comparison.figures.isTooFew }

    var bound: Double { check.rule == .improvement ? 0 : -check.margin }
  }

  func decide() throws(EvaluationError) -> Decision {
    let judged = try judged()
    let demands = mustPassFailures + (try budgetFailures())
    guard baseline.release != candidate.release else {
      return demands.isEmpty
        ? decision(
          .passed, ["Baseline and candidate are the same release: there is nothing to compare."])
        : decision(.failed, demands)
    }
    let failures = demands + sliceFailures + judged.flatMap(regression)
    guard failures.isEmpty else { return decision(.failed, failures) }
    let measured = judged.map(\.gain.cases).min() ?? 0
    let more = judged.filter { !$0.passes }
      .compactMap { $0.gain.moreCases(above: $0.bound, confidence: gate.confidence) }.max()
    guard measured >= gate.minimumCases else {
      return decision(
        .inconclusive,
        ["\(measured) cases were measured; the gate asks for at least \(gate.minimumCases)."],
        more: max(gate.minimumCases - measured, more ?? 0))
    }
    let few = judged.filter(\.isTooFew)
    guard few.isEmpty else {
      let lacking = PairedFigures.leastResampled - measured
      return decision(.inconclusive, few.map(tooFew), more: max(lacking, more ?? 0))
    }
    let doubtful = judged.filter { !$0.passes }
    guard doubtful.isEmpty, sliceDoubts.isEmpty else {
      return decision(.inconclusive, doubtful.map(doubt) + sliceDoubts, more: more)
    }
    return decision(.passed, judged.map(pass))
  }

  private func judged() throws(EvaluationError) -> [Judged] {
    var judged: [Judged] = []
    for check in gate.checks {
      guard let found = comparison.metrics.first(where: { $0.metric == check.metric }),
        found.figures.cases > 0
      else {
        throw .couldNotMeasure(reason: "the gate's metric '\(check.metric)' was not measured")
      }
      guard found.figures.baseline.isFinite, found.figures.candidate.isFinite else {
        throw .couldNotMeasure(
          reason: "the gate's metric '\(check.metric)' is no number for these answers")
      }
      let gain = found.figures.gain(check.direction)
      judged.append(
        Judged(check: check, comparison: found, gain: gain, pWorse: gain.pWorse))
    }
    for (index, p) in HolmCorrection.adjusted(judged.map(\.pWorse)).enumerated() {
      judged[index].pWorse = p
    }
    return judged
  }

  private func decision(_ verdict: Verdict, _ reasons: [String], more: Int? = nil) -> Decision {
    Decision(verdict: verdict, reasons: reasons, notes: notes(verdict), moreCases: more)
  }

  /// What so few cases can show at all, where a margin asks for more than that.
  private var detectable: String? {
    guard let judged = try? judged(),
      let blind = judged.first(where: { one in
        one.check.margin > 0 && !one.passes
          && one.gain.detectable(confidence: gate.confidence) ?? .infinity > one.check.margin
      })
    else { return nil }
    let unit = blind.check.metric.unit
    guard let least = blind.gain.detectable(confidence: gate.confidence), least.isFinite else {
      return nil
    }
    return
      "\(Quantity.count(Int64(blind.gain.cases), of: "case")) like these show only changes of \(blind.check.metric) of \(Figure.amount(least, unit)) or more (4 times of 5); the margin is \(Figure.amount(blind.check.margin, unit))."
  }

  // MARK: Failing

  private var mustPassFailures: [String] {
    guard let main = suite.metrics.firstIndex(of: gate.main.metric) else { return [] }
    let wrong = gate.mustPass.filter { id in
      guard let index = suite.cases.firstIndex(where: { $0.id == id }) else { return true }
      return candidate.outcomes[index].numbers(main).map(gate.main.metric.value) ?? 0 < 1
    }
    guard !wrong.isEmpty else { return [] }
    return ["The candidate is wrong on must-pass cases: \(wrong.joined(separator: ", "))."]
  }

  private func budgetFailures() throws(EvaluationError) -> [String] {
    var failures: [String] = []
    for budget in gate.budgets {
      guard let found = candidate.figure(budget.figure) else {
        throw .couldNotMeasure(reason: "the budget '\(budget.figure.rawValue)' was not measured")
      }
      guard found > budget.limit else { continue }
      let unit = budget.figure.unit
      failures.append(
        "The candidate's \(budget.figure.rawValue) is \(Figure.value(found, unit)), over the budget of \(Figure.value(budget.limit, unit))."
      )
    }
    return failures
  }

  private var sliceFailures: [String] {
    let unit = gate.main.metric.unit
    return comparison.slices.compactMap { slice in
      let gain = slice.figures.gain(gate.main.direction)
      guard let margin = gate.sliceMargins[slice.field], let p = slice.pWorse, p <= gate.alpha,
        gain.difference < -margin
      else { return nil }
      return
        "The slice \(slice.field) = \(slice.value) is worse by \(Figure.amount(-gain.difference, unit)), more than its margin of \(Figure.amount(margin, unit)) (\(PValue.text(p)))."
    }
  }

  private func regression(_ one: Judged) -> [String] {
    let (check, gain) = (one.check, one.gain)
    let unit = check.metric.unit
    let margin = Figure.amount(check.margin, unit)
    guard !one.isTooFew else { return [] }
    if gain.cautious.upper < -check.margin, one.pWorse <= gate.alpha {
      return [
        "\(check.metric) is worse by \(Figure.amount(-gain.difference, unit)), certainly by more than the margin of \(margin) (interval \(Figure.interval(one.comparison.figures.interval, unit)))."
      ]
    }
    if one.pWorse <= gate.alpha, gain.interval.lower < -check.margin || check.rule == .improvement {
      return [
        "\(check.metric) is worse by \(Figure.amount(-gain.difference, unit)) (\(PValue.text(one.pWorse)))\(check.rule == .improvement ? "" : ", and a loss of more than the margin of \(margin) is not ruled out")."
      ]
    }
    if check.rule == .improvement, gain.cautious.upper <= 0, one.comparison.figures.pValue < 1 {
      return [
        "\(check.metric) is not better: the interval is \(Figure.interval(one.comparison.figures.interval, unit))."
      ]
    }
    return []
  }

  // MARK: Passing and doubting

  private func pass(_ one: Judged) -> String {
    let unit = one.check.metric.unit
    let claim =
      one.check.rule == .improvement
      ? "is better"
      : "is no worse than the margin of \(Figure.amount(one.check.margin, unit)) allows"
    return
      "\(one.check.metric) \(claim): \(Figure.signed(one.comparison.figures.difference, unit)) (interval \(Figure.interval(one.comparison.figures.interval, unit)))."
  }

  private func tooFew(_ one: Judged) -> String {
    "\(Quantity.count(Int64(one.gain.cases), of: "case")) are too few to say by resampling how sure the change of \(one.check.metric) is: at least \(PairedFigures.leastResampled) are needed."
  }

  /// Slices that look as if they dropped too far.
  private var sliceDoubts: [String] {
    comparison.slices.compactMap { slice in
      let gain = slice.figures.gain(gate.main.direction)
      guard let margin = gate.sliceMargins[slice.field], gain.difference < -margin else {
        return nil
      }
      let unit = gate.main.metric.unit
      return
        "The slice \(slice.field) = \(slice.value) looks worse by \(Figure.amount(-gain.difference, unit)), more than its margin of \(Figure.amount(margin, unit)), but its \(Quantity.count(Int64(slice.figures.cases), of: "case")) do not show it."
    }
  }

  private func doubt(_ one: Judged) -> String {
    let unit = one.check.metric.unit
    let lower = one.check.direction == .higher
    let side =
      switch (one.check.rule, lower) {
      case (.improvement, true): "above 0"
      case (.improvement, false): "below 0"
      case (.noRegression, true): "at or above \(Figure.signed(-one.check.margin, unit))"
      case (.noRegression, false): "at or below \(Figure.signed(one.check.margin, unit))"
      }
    return
      "The cases do not decide: \(one.check.metric) changed by \(Figure.signed(one.comparison.figures.difference, unit)) (interval \(Figure.interval(one.comparison.figures.interval, unit))), and the interval has to lie \(side)."
  }

  private func notes(_ verdict: Verdict) -> [String] {
    var notes = warnings.map(\.sentence)
    if let gate = suite.foreignGate {
      notes.append(
        "The gate is that of \(gate.file), not the suite's own: this is no evidence for a promotion."
      )
    }
    if verdict == .inconclusive, let weak = detectable { notes.append(weak) }
    if !comparison.failed.isEmpty {
      notes.append(
        "\(comparison.failed.count) of \(suite.cases.count) cases failed to run and are in no figure."
      )
    }
    // A judge's are told with the reason.
    for check in gate.checks where !check.metric.isJudgeScore && !check.metric.isJudgeWin {
      guard let found = comparison.metrics.first(where: { $0.metric == check.metric }) else {
        continue
      }
      let without = suite.cases.count - comparison.failed.count - found.figures.cases
      guard without > 0 else { continue }
      notes.append(
        "\(check.metric) has a number for \(found.figures.cases) of \(suite.cases.count) cases.")
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
    return notes
  }
}
