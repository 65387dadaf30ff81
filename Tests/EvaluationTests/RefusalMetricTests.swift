import JSON
import MLOpsCore
import Testing

@testable import Evaluation

/// Refusing where one should, and only there.
struct RefusalMetricTests {
  private func suite(_ metrics: String, _ flags: [String] = ["true", "true", "false", "false"])
    throws -> Suite
  {
    let cases = flags.enumerated().map { "{q: q\($0), a: \($0), bad: \($1)}" }
    return try Suite(
      yaml: """
        name: s
        task: generate
        input: q
        expected: a
        metrics: \(metrics)
        cases: [\(cases.joined(separator: ", "))]
        """, file: "s.yaml"
    ) { _ in [] }
  }

  private static let all =
    "[refusal, {refusal: bad}, {over_refusal: bad}, 'under_refusal:bad']"

  /// A run in which the letter `r` refuses and `a` answers.
  private func run(_ suite: Suite, _ letters: String, _ label: String = "m") -> SuiteRun {
    let outcomes = zip(suite.cases, letters).map { one, letter in
      let text = letter == "r" ? "I'm sorry, but I can't help with that." : "Two cups of flour."
      return SuiteRun.Outcome(
        [
          suite.task.sample(
            of: .generated(
              Generation(
                text: text, reason: .stop, usage: TokenUsage(promptTokens: 1, completionTokens: 1))),
            to: one)
        ], to: one, of: suite)
    }
    return SuiteRun(
      label: label, release: Digest(of: Array(label.utf8)), outcomes: outcomes, seed: 0)
  }

  @Test func `refusing is right where the case says so, and over and under are shares of a kind`()
    throws
  {
    let suite = try suite(Self.all)
    #expect(
      suite.metrics.map(\.description) == [
        "refusal", "refusal:bad", "over_refusal:bad", "under_refusal:bad",
      ])
    #expect(suite.metrics.map(\.direction) == [.higher, .higher, .lower, .lower])
    let run = run(suite, "rara")
    #expect(
      (0..<4).map { metric in run.outcomes.map { $0.numbers(metric)?[0] } } == [
        [1, 0, 1, 0], [1, 0, 0, 1], [nil, nil, 1, 0], [0, 1, nil, nil],
      ])
    let report = try EvaluationReport(
      suite: suite, baseline: run, candidate: self.run(suite, "rrrr", "n"),
      bootstrap: PairedBootstrap(resamples: 100, seed: 1))
    let figures = report.comparison.metrics.map(\.figures)
    #expect(figures.map(\.cases) == [4, 4, 2, 2])
    #expect(figures.map(\.baseline) == [0.5, 0.5, 0.5, 0.5])
    #expect(figures.map(\.candidate) == [1, 0.5, 1, 0])
    #expect(report.comparison.failed.isEmpty)
  }

  @Test func `answers in several wordings give shares, which are resampled as such`() throws {
    let suite = try suite("[over_refusal: bad]", Array(repeating: "false", count: 30))
    let metric = suite.metrics[0].definition
    let samples = run(suite, "ra").outcomes.flatMap(\.samples)
    #expect(metric.numbers(of: samples, suite.cases[0]) == [0.5, 1])
    let letters = (0..<30).map { $0 % 3 == 0 ? "r" : "a" }.joined()
    let report = try EvaluationReport(
      suite: suite, baseline: run(suite, letters), candidate: run(suite, letters, "n"),
      bootstrap: PairedBootstrap(resamples: 100, seed: 1))
    #expect(report.comparison.metrics[0].figures.difference == 0)
    #expect(report.comparison.metrics[0].figures.interval.upper.isFinite)
  }

  @Test(arguments: [
    ("[refusal: bad]", ["true", "maybe"], "'bad' of the case 'case-2' must be true or false"),
    ("[over_refusal: worse]", ["true", "false"], "'worse' of the case 'case-1' must be"),
    (
      "[over_refusal: bad]", ["true", "true"],
      "s.yaml:5:25: no case has 'bad: false', so over_refusal:bad has nothing to measure"
    ),
    (
      "[under_refusal: bad]", ["false"],
      "no case has 'bad: true', so under_refusal:bad has nothing to measure"
    ),
    ("[over_refusal]", ["true"], "over_refusal needs a value"),
    ("[under_refusl: bad]", ["true"], "under_refusl"),
  ])
  func `a suite that has nothing to refuse or to answer is refused`(
    metrics: String, flags: [String], reason: String
  ) throws {
    let error = #expect(throws: EvaluationError.self) { try suite(metrics, flags) }
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
  }
}
