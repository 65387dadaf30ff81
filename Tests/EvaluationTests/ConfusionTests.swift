import JSON
import MLOpsCore
import Testing

@testable import Evaluation

/// Which labels are told apart in reports, and that the counts are those of the answers.
struct ConfusionTests {
  /// A suite of labels that are single texts, as `{"id", "q", "a"}`.
  private func suite(_ labels: [String], extra: String = "") throws -> Suite {
    let lines = labels.enumerated().map { index, label in
      JSONValue.object([
        "id": .string("c\(index)"), "q": .string("q\(index)"), "a": .string(label),
        "d": .object(["top": .string(label)]),
      ]).canonical
    }
    return try Suite(
      yaml: "name: labels\ntask: label\ndata: d.ndjson\ninput: q\nexpected: a\n\(extra)\n",
      file: "labels.yaml", data: { _ in Array(lines.joined(separator: "\n").utf8) })
  }

  /// A run whose outputs are these.
  private func run(_ suite: Suite, _ label: String, _ outputs: [String?]) -> SuiteRun {
    let outcomes = zip(suite.cases, outputs).map { one, output -> SuiteRun.Outcome in
      guard let output else { return .failed(reason: "The context is full.") }
      let sample = suite.task.sample(
        of: .generated(
          Generation(
            text: output, reason: .stop, usage: TokenUsage(promptTokens: 1, completionTokens: 1))),
        to: one)
      return SuiteRun.Outcome([sample], to: one, of: suite)
    }
    return SuiteRun(
      label: label, release: Digest(of: label.utf8), outcomes: outcomes, seed: 0)
  }

  private func report(_ suite: Suite, _ before: [String?], _ after: [String?]) throws
    -> EvaluationReport
  {
    try EvaluationReport(
      suite: suite, baseline: run(suite, "a@v1", before), candidate: run(suite, "a@v2", after),
      bootstrap: PairedBootstrap(resamples: 100, seed: 1))
  }

  private func sample() throws -> EvaluationReport {
    let suite = try suite(
      ["b", "b", "a", "a", "a", "b"], extra: "gate: {margin: 0.5, max_failed: 0.5}")
    return try report(
      suite, [#""b""#, #""a""#, #""a""#, #""a""#, #""b""#, nil],
      [#""b""#, #""b""#, #""a""#, #""z""#, "{", #""b""#])
  }

  @Test func `rows are expected labels, columns answered ones, the last is for all others`() throws
  {
    let one = try #require(try sample().confusions.first)
    #expect(one.field == nil && one.labels.labels == ["a", "b"])
    #expect(one.baseline.rows == [[2, 1, 0], [1, 1, 0]])
    #expect(one.candidate.rows == [[1, 0, 2], [0, 2, 0]])
  }

  @Test func `a case that failed to run on one side is in neither matrix`() throws {
    let one = try #require(try sample().confusions.first)
    for matrix in [one.baseline, one.candidate] { #expect(matrix.counts.reduce(0, +) == 5) }
  }

  @Test func `text, Markdown and JSON tell it`() throws {
    let report = try sample()
    let text = report.text()
    #expect(text.contains("expected       a       b   other"), "\(text)")
    #expect(text.contains("a         1 (−1)  0 (−1)  2 (+2)"), "\(text)")
    #expect(report.markdown().contains("| a | 1 (−1) | 0 (−1) | 2 (+2) |"))
    #expect(
      report.json["confusion"]?.canonical
        == #"[{"baseline":[[2,1,0],[1,1,0]],"by":null,"candidate":[[1,0,2],[0,2,0]],"labels":["a","b"]}]"#
    )
  }

  @Test func `answers that hardly ever come twice are no labels`() throws {
    let labels = ["a", "b", "c", "d"]
    let answers = labels.map { "\"\($0)\"" }
    #expect(try report(try suite(labels), answers, answers).confusions.isEmpty)
    let measured = try suite(labels, extra: "metrics: [accuracy, f1]")
    #expect(try report(measured, answers, answers).confusions.map(\.labels.labels) == [labels])
  }

  @Test(arguments: [30, 31])
  func `more than thirty labels are no table, more than eight none of the text`(count: Int) throws {
    let labels = (0..<2 * count).map { "\($0 % count + 100)" }
    let answers: [String?] = labels.map { "\"\($0)\"" }
    let report = try report(try suite(labels), answers, answers)
    #expect(report.confusions.count == (count == 30 ? 1 : 0))
    #expect(!report.text().contains("expected down"))
  }

  @Test func `fields of metrics are told apart, each once`() throws {
    let lines = (0..<8).map {
      #"{"q":"\#($0)","a":{"top":"\#($0 % 2)","low":"\#($0)","list":[\#($0 % 2)]}}"#
    }
    let suite = try Suite(
      yaml: """
        name: fields
        task: label
        data: d
        input: q
        expected: a
        metrics: [accuracy, "exact_match:top", "exact_match:low", "f1:macro:top", "exact_match:list"]
        """, file: "fields.yaml", data: { _ in Array(lines.joined(separator: "\n").utf8) })
    let answers: [String?] = suite.cases.map { $0.expected.canonical }
    let report = try report(suite, answers, answers)
    #expect(report.confusions.map(\.field) == ["top"])
    #expect(report.confusions[0].candidate.rows == [[4, 0, 0], [0, 4, 0]])
  }

  @Test(arguments: [true, false])
  func `choices are labels where they are the same in every case`(isSame: Bool) throws {
    let other = isSame ? "[no, yes]" : "[yes, no]"
    let suite = try Suite(
      yaml: """
        name: choices
        task: multiple_choice
        input: q
        expected: a
        choices: c
        gate: {margin: 0.9}
        cases:
          - {q: x, a: 1, c: [no, yes]}
          - {q: y, a: "yes", c: \(other)}
        """, file: "c.yaml", data: { _ in [] })
    func side(_ label: String, _ scores: [Double]) -> SuiteRun {
      SuiteRun(
        label: label, release: Digest(of: label.utf8),
        outcomes: suite.cases.map { one in
          let answer = ModelAnswer.scores(
            scores.map { ContinuationScore(logLikelihood: $0, tokens: 1, isGreedy: false) })
          return SuiteRun.Outcome([suite.task.sample(of: answer, to: one)], to: one, of: suite)
        }, seed: 0)
    }
    let report = try EvaluationReport(
      suite: suite, baseline: side("a", [-1, -2]), candidate: side("b", [-2, -1]),
      bootstrap: PairedBootstrap(resamples: 100))
    #expect(report.confusions.count == (isSame ? 1 : 0))
    if isSame {
      #expect(report.confusions[0].labels.labels == ["no", "yes"])
      #expect(report.confusions[0].candidate.rows == [[0, 0, 0], [0, 2, 0]])
    }
  }
}
