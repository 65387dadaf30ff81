import Foundation
import JSON
import MLOpsCore
import Testing

@testable import Evaluation

struct SuiteTests {
  private static let sample = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "registry/suites/labels.yaml").path

  @Test func `the sample's suite is read whole`() throws {
    let suite = try Suite(contentsOf: SuiteTests.sample)
    #expect(suite.name == "labels" && suite.taskName == "label")
    #expect(suite.cases.count >= suite.gate.minimumCases)
    #expect(suite.metrics.contains(.accuracy) && suite.metrics.contains(.exactMatch(field: "대분류")))
    #expect(suite.slices.contains("영역"))
    #expect(suite.cases[0].slices["영역"] != nil)
    #expect(suite.digest == (try Suite(contentsOf: SuiteTests.sample)).digest)
  }

  @Test func `inline cases read as JSON, and every key of a gate counts`() throws {
    let suite = try Suite(
      yaml: """
        name: inline
        task: generate
        template: "Q: {{q}}"
        input: q
        expected: a
        max_tokens: 7
        stop: ["!"]
        slices: [{by: kind}]
        gate: {metric: accuracy, direction: lower, rule: improvement, margin: 0, alpha: 0.1, min_cases: 2,
               max_failed: 0.5, slices: {kind: 0.2}, must_pass: ["7"]}
        cases:
          - {id: 7, q: one, a: "1", kind: true}
          - {q: two, a: 2.50, kind: 이름}
        """, file: "s.yaml", data: { _ in [] })
    #expect(suite.cases.map(\.id) == ["7", "case-2"])
    #expect(suite.cases.map(\.expected) == ["1", 2.5])
    #expect(suite.cases.map { $0.slices["kind"] } == ["true", "이름"])
    #expect(
      suite.gate
        == Gate(
          checks: [
            Gate.Check(metric: .accuracy, direction: .lower, rule: .improvement, margin: 0)
          ], alpha: 0.1, minimumCases: 2, maximumFailedShare: 0.5, sliceMargins: ["kind": 0.2],
          mustPass: ["7"]))
    let template = suite.template(over: PromptTemplate(template: "other", maxTokens: 99))
    #expect(template.template == "Q: {{q}}" && template.maxTokens == 7 && template.stop == ["!"])
  }

  @Test func `the digest changes with any case or setting, and not with spelling`() throws {
    let one = try Suite.numbered(3)
    #expect(one.digest == (try Suite.numbered(3, gate: "{ margin: 5e-2 }")).digest)
    #expect(one.digest != (try Suite.numbered(4)).digest)
    #expect(one.digest != (try Suite.numbered(3, gate: "{margin: 0.06}")).digest)
    #expect(one.digest != (try Suite.numbered(3, extra: "max_tokens: 9")).digest)
  }

  struct Bad: Sendable {
    let yaml: String
    var data = #"{"q":"x","a":{"f":1},"s":"p"}"#
    let message: String

    init(_ yaml: String, data: String? = nil, _ message: String) {
      self.yaml = yaml
      if let data { self.data = data }
      self.message = message
    }
  }

  private static let head = "name: n\ntask: label\ninput: q\nexpected: a\ndata: d.ndjson\n"

  static let bad = [
    Bad("", "s.yaml: the file is empty"),
    Bad("- a", "s.yaml:1:1: a suite must be a mapping of keys to values"),
    Bad("name: [a", "s.yaml:2:1: not YAML"),
    Bad("nme: a", "s.yaml:1:1: a suite has no key 'nme' (did you mean 'name'?)"),
    Bad("name: n\ntask: lable", "s.yaml:2:7: task cannot be 'lable' (did you mean 'label'?)"),
    Bad("name: n", "s.yaml:1:1: 'task' is missing"),
    Bad("name: n\ntask: label\ninput: q\nexpected: a", "'data' or 'cases' is missing"),
    Bad(head + "cases: []", "s.yaml:6:8: a suite has either 'data' or 'cases', not both"),
    Bad(head, data: "\n \n", "s.yaml:5:7: a suite needs at least one case"),
    Bad(head, data: "{\"q\":1,\"a\":1}\n{\"q\":1", "d.ndjson:2:7: not JSON"),
    Bad(head, data: "[1]", "d.ndjson:1:1: a case must be an object, found array"),
    Bad(
      head, data: #"{"q":"x"}"#,
      "d.ndjson:1:1: a case has no 'a', its right answer (did you mean 'q'?)"),
    Bad(head, data: #"{"q":"x","a":null}"#, "a case has no 'a', its right answer"),
    Bad(head, data: #"{"a":1,"question":1}"#, "a case has no 'q', its question"),
    Bad(
      head, data: "{\"id\":1,\"q\":1,\"a\":1}\n{\"id\":1,\"q\":1,\"a\":1}",
      "d.ndjson:2:1: the id '1' occurs twice"),
    Bad(head + "slices: [t]", "a case has no 't', its slice"),
    Bad(head + "slices: [s, s]", "s.yaml:6:13: the slice 's' occurs twice"),
    Bad(head + "metrics: []", "s.yaml:6:10: metrics must not be empty"),
    Bad(
      head + "metrics: [acuracy]",
      "s.yaml:6:11: there is no metric 'acuracy' (did you mean 'accuracy'?)"),
    Bad(head + "metrics: [exact_match]", "exact_match needs a value"),
    Bad(head + "metrics: [{accuracy: f}]", "a metric has no key 'accuracy'"),
    Bad(
      head + "metrics: [exact_match: g]",
      "s.yaml:6:24: the right answer of the case 'case-1' has no field 'g' (did you mean 'f'?)"
    ),
    Bad(head + "metrics: [accuracy, accuracy]", "the metric 'accuracy' occurs twice"),
    Bad(
      head + "gate: {metric: valid_json}",
      "s.yaml:6:16: the gate's metric 'valid_json' is not among the metrics"),
    Bad(
      head + "gate: {margn: 1}", "s.yaml:6:8: a gate has no key 'margn' (did you mean 'margin'?)"),
    Bad(head + "gate: {margin: 1.5}", "s.yaml:6:16: margin must be a number from 0 to 1"),
    Bad(head + "gate: {margin: .nan}", "margin must be a number from 0 to 1"),
    Bad(head + "gate: {alpha: 0}", "alpha must be above 0 and below 0.5"),
    Bad(head + "gate: {min_cases: 0}", "min_cases must be a whole number of at least 1"),
    Bad(head + "gate: {rule: none}", "rule cannot be 'none' (known: no_regression, improvement)"),
    Bad(head + "gate: {slices: {s: 0.1}}", "slices of a gate has no key 's'"),
    Bad(head + "gate: {must_pass: [x]}", "must_pass names the case 'x', which does not exist"),
    Bad(head + "prompt: a\ntemplate: b", "a suite has either 'prompt' or 'template', not both"),
    Bad(head + "max_tokens: many", "max_tokens must be a whole number of at least 1"),
    Bad(head + "stop: x", "stop must be a list"),
  ]

  @Test(arguments: SuiteTests.bad)
  func `a wrong suite is refused with place, reason and exit code 65`(bad: Bad) throws {
    let error = #expect(throws: EvaluationError.self) {
      try Suite(yaml: bad.yaml, file: "s.yaml") { _ in Array(bad.data.utf8) }
    }
    let failure = FailureReport(try #require(error))
    #expect(failure.code == "evaluation.invalid_suite" && failure.kind.exitCode == 65)
    #expect(failure.message.contains(bad.message), "\(failure.message)")
  }

  @Test func `aliases that stand for more than memory holds are refused`() throws {
    let levels = (1...10).map {
      "  l\($0): &l\($0) [\(Array(repeating: "*l\($0 - 1)", count: 10).joined(separator: ", "))]"
    }
    let yaml = """
      name: s
      task: generate
      input: q
      expected: a
      cases:
      - q: x
        a: y
        l0: &l0 [z, z]
      \(levels.joined(separator: "\n"))
      """
    let error = #expect(throws: EvaluationError.self) {
      try Suite(yaml: yaml, file: "s.yaml") { _ in [] }
    }
    #expect(error?.message.contains("aliases stand for more than") == true)
  }

  @Test func `blanks after a metric's colon do not count`() throws {
    let yaml =
      "name: s\ntask: generate\ninput: q\nexpected: a\nmetrics: ['f1: macro', 'rouge_l: characters']\ncases: [{q: x, a: y}, {q: z, a: w}]\n"
    let suite = try Suite(yaml: yaml, file: "s.yaml") { _ in [] }
    #expect(suite.metrics.map(\.description) == ["f1:macro", "rouge_l:characters"])
  }

  @Test func `a suite or data that is not there is named`() throws {
    let error = #expect(throws: EvaluationError.self) { try Suite(contentsOf: "/nowhere/s.yaml") }
    #expect(error?.message.contains("/nowhere/s.yaml: there is no such file") == true)
  }
}

struct TaskTests {
  private func isRight(_ metric: Metric, _ output: String, expected: JSONValue) -> Bool {
    let sample = Sample(
      output: output, answer: AnswerRule.json(output),
      usage: TokenUsage(promptTokens: 1, completionTokens: 1))
    let one = SuiteCase(id: "a", record: [:], expected: expected)
    return metric.definition.numbers(of: [sample], one) == [1, 1]
  }

  @Test(arguments: [
    (#" {"a":1,"b":2.0} "# + "\n", true), (#"{"b":2,"a":1.0}"#, true), (#"{"a":1}"#, false),
    (#"{"a":1,"b":2,"c":3}"#, false), ("", false), (#"{"a":1,"b":2}."#, false),
  ])
  func `labels are compared as JSON and the whole output counts`(output: String, right: Bool) {
    #expect(isRight(.accuracy, output, expected: ["a": 1, "b": 2]) == right)
  }

  @Test func `a field may be right where the whole is wrong`() {
    let answer = #"{"대분류":"도형","중분류":"x"}"#
    let expected: JSONValue = ["대분류": "도형", "중분류": "y"]
    #expect(isRight(.exactMatch(field: "대분류"), answer, expected: expected))
    #expect(!isRight(.exactMatch(field: "중분류"), answer, expected: expected))
    #expect(!isRight(.accuracy, answer, expected: expected))
    #expect(isRight(.validJSON, answer, expected: expected))
  }

  @Test func `what is no answer is wrong by every metric and says why`() {
    for (output, reason) in [("", "the output is empty"), ("{\"a\":", "not JSON at line 1")] {
      #expect(AnswerRule.json(output).reason?.hasPrefix(reason) == true)
      for metric in [Metric.accuracy, .exactMatch(field: "a"), .validJSON] {
        #expect(!isRight(metric, output, expected: ["a": 1]))
      }
    }
  }
}
