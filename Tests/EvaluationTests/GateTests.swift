import JSON
import MLOpsCore
import Testing

@testable import Evaluation

/// Gates of several metrics, of numbers that are no shares, and of budgets.
struct GateTests {
  /// A suite of texts, and what both sides wrote.
  private func report(
    _ metrics: String, _ gate: String, expected: [String], _ baseline: [String],
    _ candidate: [String], seconds: (Double, Double) = (0.1, 0.1), bytes: Int64? = 1000
  ) throws -> EvaluationReport {
    let cases = expected.enumerated().map { index, text in
      JSONValue.object([
        "id": .string("c\(index)"), "q": "x", "a": .string(text),
        "s": .string(index % 2 == 0 ? "even" : "odd"),
      ]).canonical + "\n"
    }
    let suite = try Suite(
      yaml: """
        name: texts
        task: generate
        input: q
        expected: a
        data: d.ndjson
        slices: [s]
        metrics: \(metrics)
        gate: \(gate)
        """, file: "s.yaml"
    ) { _ in Array(cases.joined().utf8) }
    func run(_ label: String, _ texts: [String], _ seconds: Double) -> SuiteRun {
      let outcomes = zip(suite.cases, texts).map { one, text in
        var sample = suite.task.sample(
          of: .generated(
            Generation(
              text: text, reason: .stop, usage: TokenUsage(promptTokens: 2, completionTokens: 3))),
          to: one)
        sample.timings = ModelTimings(
          firstToken: seconds, tokenSeconds: [seconds], total: 1, promptTokens: 2)
        return SuiteRun.Outcome([sample], to: one, of: suite)
      }
      return SuiteRun(
        label: label, release: Digest(of: Array(label.utf8)), outcomes: outcomes, seed: 0,
        bytes: bytes)
    }
    return try EvaluationReport(
      suite: suite, baseline: run("a@v1", baseline, seconds.0),
      candidate: run("a@v2", candidate, seconds.1), bootstrap: PairedBootstrap(resamples: 500))
  }

  private let texts = (0..<60).map { "the cat number \($0) sat on the mat by the door" }
  private var worse: [String] { texts.map { $0.replacing("sat on the mat", with: "lay") } }

  @Test func `another gate than the suite's own judges, and the report says so`() throws {
    let own = try report("[accuracy]", "{margin: 0.9}", expected: texts, texts, worse)
    let suite = try own.suite.judged(byGate: "metric: accuracy\nmargin: 0.1\n", file: "strict.yaml")
    let strict = try EvaluationReport(
      suite: suite, baseline: own.baseline, candidate: own.candidate)
    #expect(own.suite.gate.main.margin == 0.9 && strict.verdict == .failed)
    #expect(own.json["foreign_gate"] == nil && own.json["suite"]?["foreign_gate"] == .null)
    #expect(strict.json["suite"]?["foreign_gate"]?["file"] == "strict.yaml")
    #expect(strict.decision.notes.contains { $0.contains("strict.yaml") })
    let mistake = #expect(throws: EvaluationError.self) {
      try own.suite.judged(byGate: "metric: bleu\n", file: "g.yaml")
    }
    #expect(mistake?.message.contains("g.yaml:1:9: the gate's metric 'bleu'") == true)
    for text in ["", "[]", "alpha: 2", "metric: [", "nothing: 1"] {
      #expect(throws: EvaluationError.self) { try own.suite.judged(byGate: text, file: "g.yaml") }
    }
  }

  @Test func `a few cases resampled neither pass nor fail anything`() throws {
    for count in [2, 19, 20] {
      let few = Array(texts.prefix(count))
      let metrics = "[completion_tokens, token_f1]"
      let same = try report(
        metrics, "{metric: completion_tokens, margin: 0}", expected: few, few, few)
      #expect(same.verdict == (count < 20 ? .inconclusive : .passed), "\(same.decision)")
      let down = try report(
        metrics, "{metric: token_f1, margin: 0}", expected: few, few, Array(worse.prefix(count)))
      #expect(down.verdict == (count < 20 ? .inconclusive : .failed), "\(down.decision)")
      #expect(count == 20 || (down.decision.moreCases ?? 0) >= 20 - count)
    }
  }

  @Test func `must_pass needs answers that are right or wrong, and holds of equal releases too`()
    throws
  {
    let mistake = #expect(throws: EvaluationError.self) {
      try report(
        "[completion_tokens, accuracy]", "{must_pass: [c1]}", expected: texts, texts, worse)
    }
    #expect(mistake?.message.contains("must_pass needs a first metric") == true)
    let wrong = try report(
      "[match]", "{must_pass: [c1], margin: 0.9}", expected: texts, texts, worse)
    #expect(wrong.verdict == .failed && wrong.decision.reasons[0].contains("c1"))
    #expect(wrong.comparison.metrics[0].figures.counts?.broken == 60)
    let equal = try EvaluationReport(
      suite: wrong.suite, baseline: wrong.candidate, candidate: wrong.candidate)
    #expect(equal.verdict == .failed, "\(equal.decision)")
  }

  @Test func `a guarded slice that seems to drop too far lets nothing pass`() throws {
    let changed = texts.enumerated().map { $0.offset == 1 || $0.offset == 3 ? "x" : $0.element }
    let free = try report("[accuracy]", "{margin: 0.9}", expected: texts, texts, changed)
    #expect(free.verdict == .passed)
    let guarded = try report(
      "[accuracy]", "{margin: 0.9, slices: {s: 0.01}}", expected: texts, texts, changed)
    #expect(guarded.verdict == .inconclusive)
    #expect(guarded.decision.reasons[0].hasPrefix("The slice s = odd looks worse"))
  }

  @Test func `too few cases to see the margin are told`() throws {
    let few = Array(texts.prefix(12))
    let changed = [worse[0]] + few.dropFirst()
    let report = try report("[accuracy]", "{margin: 0.01}", expected: few, few, changed)
    #expect(report.verdict == .inconclusive)
    #expect(
      report.decision.notes.contains { $0.hasPrefix("12 cases like these show only changes") },
      "\(report.decision.notes)")
    let wide = try self.report("[accuracy]", "{margin: 0.9}", expected: texts, texts, texts)
    #expect(wide.verdict == .passed && wide.decision.notes.isEmpty)
  }

  @Test func `a metric that is no mean is compared by resampling whole cases`() throws {
    let same = try report(
      "[bleu, chrf]", "{metric: bleu, margin: 6}", expected: texts, texts, texts)
    #expect(same.verdict == .passed, "\(same.decision)")
    // Of 60 cases of which none changed, 5 of 100 others may have.
    let tight = try report(
      "[bleu, chrf]", "{metric: bleu, margin: 1}", expected: texts, texts, texts)
    #expect(tight.verdict == .inconclusive, "\(tight.decision)")
    let main = try #require(same.comparison.metrics.first)
    #expect(main.figures.counts == nil && main.figures.baseline > 99.9)
    let down = try report(
      "[bleu, chrf]", "{metric: bleu, margin: 1}", expected: texts, texts, worse)
    #expect(down.verdict == .failed)
    #expect(down.decision.reasons[0].hasPrefix("bleu is worse by "), "\(down.decision)")
    #expect(!down.decision.reasons[0].contains("point"))
    #expect(down.comparison.broken.count == 60 && down.comparison.fixed.isEmpty)
    #expect(down.comparison.metrics[0].figures.pValue < 0.001)
  }

  @Test func `every check must hold, and each failure is told`() throws {
    let gate = "{checks: [{metric: accuracy, margin: 0.05}, {metric: chrf, margin: 6}]}"
    let half = Array(texts.prefix(30)) + worse.suffix(30)
    let failed = try report("[accuracy, chrf]", gate, expected: texts, texts, half)
    #expect(failed.verdict == .failed && failed.decision.reasons.count == 2, "\(failed.decision)")
    let passed = try report("[accuracy, chrf]", gate, expected: texts, texts, texts)
    #expect(passed.verdict == .passed && passed.decision.reasons.count == 2)
    // The overlap holds, the accuracy is not shown to.
    let doubtful = try report(
      "[accuracy, chrf]", gate, expected: texts, texts,
      texts.dropLast(2) + [texts[58] + "!", texts[59] + "!"])
    #expect(doubtful.verdict == .inconclusive, "\(doubtful.decision)")
    #expect(doubtful.decision.reasons.count == 1 && (doubtful.decision.moreCases ?? 0) > 0)
  }

  @Test func `several checks at once do not raise false alarms`() throws {
    // One broken of nine more on five metrics: p = 0.03 alone, 0.16 corrected.
    let names = (0..<5).map { "contains: k\($0)" }
    let checks = names.map { "{metric: {\($0)}, margin: 0}" }.joined(separator: ", ")
    let all = "k0 k1 k2 k3 k4"
    let outputs = (0..<60).map { $0 < 5 ? "k1 k2 k3 k4" : all }
    let one = try report(
      "[{contains: k0}]", "{checks: [{metric: {contains: k0}, margin: 0}]}",
      expected: texts, Array(repeating: all, count: 60), outputs)
    #expect(one.verdict == .failed, "\(one.decision)")
    let many = try report(
      "[\(names.map { "{\($0)}" }.joined(separator: ", "))]", "{checks: [\(checks)]}",
      expected: texts, Array(repeating: all, count: 60), outputs)
    #expect(many.verdict == .inconclusive, "\(many.decision)")
  }

  @Test(arguments: [
    ("time_to_first_token_p95: 0.2", Verdict.failed, "time_to_first_token_p95 is 300.0 ms, over"),
    ("seconds_per_token_p50: 0.4", .passed, "accuracy"),
    ("completion_tokens: 100", .failed, "completion_tokens is 180.0, over the budget of 100.0"),
    ("bytes: 1000", .passed, "accuracy"),
    ("bytes: 999", .failed, "bytes is 1000, over the budget of 999.0"),
  ])
  func `budgets bound the candidate alone`(budget: String, verdict: Verdict, reason: String)
    throws
  {
    let report = try report(
      "[accuracy]", "{margin: 0.1, budgets: {\(budget)}}", expected: texts, texts, texts,
      seconds: (0.9, 0.3))
    #expect(report.verdict == verdict, "\(report.decision)")
    #expect(report.decision.reasons[0].contains(reason), "\(report.decision)")
  }

  @Test func `a budget that nobody measured is no verdict`() throws {
    let error = #expect(throws: EvaluationError.self) {
      try report(
        "[accuracy]", "{margin: 0.1, budgets: {bytes: 5}}", expected: texts, texts, texts,
        bytes: nil)
    }
    #expect(error?.message.contains("the budget 'bytes' was not measured") == true)
  }

  @Test func `a metric where lower is better fails when it rises`() throws {
    let long = try report(
      "[completion_tokens, time_to_first_token]",
      "{metric: time_to_first_token, margin: 0.01}", expected: texts, texts, texts,
      seconds: (0.1, 0.3))
    #expect(long.verdict == .failed)
    #expect(long.decision.reasons[0].contains("worse by 200.0 ms"), "\(long.decision)")
    let short = try report(
      "[time_to_first_token]", "{metric: time_to_first_token, margin: 0.01}", expected: texts,
      texts, texts, seconds: (0.3, 0.1))
    #expect(short.verdict == .passed, "\(short.decision)")
  }

  @Test func `slices tell how far they lie apart`() throws {
    let odd = texts.enumerated().map { $0.offset % 2 == 1 ? "no" : $0.element }
    let report = try report("[accuracy]", "{margin: 0.9}", expected: texts, texts, odd)
    #expect(
      report.comparison.gaps
        == [SliceGap(field: "s", baseline: 0, candidate: 1, smallest: "odd", largest: "even")])
    #expect(
      report.text().contains("s: slices 100.0 points apart, baseline 0.0 points (from odd to even)")
    )
  }

  @Test func `a metric without a number is no verdict`() throws {
    let error = #expect(throws: EvaluationError.self) {
      try report("[accuracy, brier]", "{metric: brier}", expected: texts, texts, texts)
    }
    #expect(error?.message.contains("'brier' was not measured") == true)
    #expect(error.map { FailureReport($0).kind.exitCode } == 1)
  }
}
