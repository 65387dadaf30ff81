import JSON
import MLOpsCore
import Testing

@testable import Evaluation

/// Questions that are put in several ways.
struct RephrasingTests {
  private func suite(
    _ keys: String = "metrics: [accuracy, consistency]", task: String = "task: generate",
    cases: String = RephrasingTests.cases
  ) throws -> Suite {
    try Suite(
      yaml: """
        name: r
        \(task)
        input: q
        expected: a
        rephrasings: others
        \(keys)
        cases: \(cases)
        """, file: "s.yaml"
    ) { _ in [] }
  }

  private static let cases =
    "[{q: one, a: '1', others: [uno, eins]}, {q: two, a: '2'}, {q: six, a: '6', others: [sei]}]"

  private func run(_ suite: Suite, _ answers: [String: String]) async throws -> SuiteRun {
    let model = ScriptedModel { .text(answers[$0] ?? "?") }
    let run = try await SuiteRunner(suite: suite).run(
      EvaluationSide(label: "m@v1", digest: Digest(of: [1]), model: model))
    #expect(model.requests.count == 6)
    return run
  }

  @Test func `each wording is asked, accuracy is their mean, consistency their agreement`()
    async throws
  {
    let suite = try suite()
    let run = try await run(
      suite, ["one": "1", "uno": " 1\n", "eins": "7", "two": "2", "six": "5", "sei": "5"])
    #expect(run.outcomes.map { $0.samples.count } == [3, 1, 2])
    #expect(run.outcomes[0].samples.map(\.output) == ["1", " 1\n", "7"])
    // Two of three are right, one of three pairs agrees; the same wrong answer twice is consistent.
    #expect(run.outcomes.map { $0.numbers(0)?[0] } == [2.0 / 3, 1, 0])
    #expect(run.outcomes.map { $0.numbers(1)?[0] } == [1.0 / 3, nil, 1])
    let report = try EvaluationReport(
      suite: suite, baseline: run, candidate: run,
      bootstrap: PairedBootstrap(resamples: 50, seed: 1))
    let figures = report.comparison.metrics.map(\.figures)
    #expect(figures.map(\.cases) == [3, 2])
    #expect(abs(figures[1].baseline - 2.0 / 3) < 1e-12)
    // A case without other wordings did run.
    #expect(report.comparison.failed.isEmpty)
  }

  @Test func `a gate on consistency says how many cases have one`() async throws {
    let suite = try suite("metrics: [consistency]\ngate: {metric: consistency}")
    let run = try await run(suite, ["one": "1", "uno": "1", "eins": "1"])
    let report = try EvaluationReport(
      suite: suite, baseline: run, candidate: run,
      bootstrap: PairedBootstrap(resamples: 50, seed: 1))
    #expect(report.decision.notes.contains("consistency has a number for 2 of 3 cases."))
    #expect(!report.text().contains("failed to run"))
  }

  @Test func `an unreadable answer agrees with none, and JSON is compared as JSON`() {
    func sample(_ text: String) -> Sample {
      Sample(
        output: text, answer: AnswerRule.json(text),
        usage: TokenUsage(promptTokens: 1, completionTokens: 1))
    }
    let one = SuiteCase(id: "a", record: [:], expected: 1)
    let metric = ConsistencyMetric()
    func value(_ texts: String...) -> Double? { metric.numbers(of: texts.map(sample), one)?[0] }
    #expect(value(#"{"a":1,"b":2}"#, #"{"b":2,"a":1.0}"#) == 1)
    #expect(value("1", "\"1\"") == 0)
    #expect(value("{", "{") == 0)
    #expect(value("1", "1", "{", "1") == 0.5)
    #expect(value("1") == nil)
  }

  @Test func `of choices the choice taken is compared`() {
    func sample(_ scores: Double...) -> Sample {
      Sample(
        output: nil, answer: .readable("x"),
        scores: scores.map { ContinuationScore(logLikelihood: $0, tokens: 1, isGreedy: false) },
        usage: TokenUsage(promptTokens: 1, completionTokens: 1))
    }
    let one = SuiteCase(
      id: "a", record: [:], expected: 0, choices: ["x", "y"], rightChoices: [0])
    let metric = ConsistencyMetric()
    #expect(metric.numbers(of: [sample(-1, -2), sample(-3, -4)], one) == [1, 1])
    #expect(metric.numbers(of: [sample(-1, -2), sample(-4, -3)], one) == [0, 1])
  }

  @Test func `an example equal to any wording of the case is left out`() throws {
    let suite = try suite(
      "examples: {count: 1, cases: [{q: uno, a: '1'}, {q: uno, a: '9'}, {q: x, a: y}]}")
    let set = try #require(suite.examples)
    #expect(suite.cases.map { set.places(before: $0, suite.wordings) } == [[1], [0], [0]])
  }

  @Test(arguments: [
    ("", "task: generate", "[{q: a, a: b}]", "s.yaml:5:14: no case has other wordings in 'others'"),
    (
      "", "task: generate\nsamples: 3\ntemperature: 1", "[{q: a, a: b, others: [c]}]",
      "with 'rephrasings' each wording is asked once: leave 'samples' out"
    ),
    (
      "metrics: [pass_at: 2]", "task: generate", "[{q: a, a: b, others: [c]}]",
      "pass_at counts answers to one wording"
    ),
    (
      "", "task: generate", "[{q: a, a: b, others: c}]",
      "s.yaml:7:9: 'others' must be a list of texts that are not empty"
    ),
    ("", "task: generate", "[{q: a, a: b, others: [c, '']}]", "must be a list of texts"),
    (
      "", "task: generate", "[{q: a, a: b, others: [c, a]}]",
      "s.yaml:7:9: a wording occurs twice, and would agree with itself: \"a\""
    ),
    ("", "task: loglikelihood", "[{q: a, a: b}]", "a suite has no key 'rephrasings'"),
  ])
  func `wordings that cannot be asked are told with their place`(
    keys: String, task: String, cases: String, reason: String
  ) throws {
    let error = #expect(throws: EvaluationError.self) {
      try suite(keys, task: task, cases: cases)
    }
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
  }

  @Test func `consistency without other wordings is refused`() throws {
    let error = #expect(throws: EvaluationError.self) {
      try Suite(
        yaml:
          "name: r\ntask: generate\ninput: q\nexpected: a\nmetrics: [consistency]\ncases: [{q: a, a: b}]",
        file: "s.yaml"
      ) { _ in [] }
    }
    #expect(error?.message.contains("s.yaml:5:11: consistency needs 'rephrasings'") == true)
    let digests = try [suite(), suite(cases: Self.cases.replacing("sei", with: "sex"))].map(
      \.digest)
    #expect(digests[0] != digests[1])
  }
}
