import JSON
import MLOpsCore
import Testing

@testable import Evaluation

/// What a suite or its prompt says that is allowed, but hardly meant.
struct SuiteWarningTests {
  private func suite(_ keys: String, cases: String, task: String = "label") throws -> Suite {
    try Suite(
      yaml: "name: w\ntask: \(task)\ninput: q\nexpected: a\n\(keys)\ncases: \(cases)\n",
      file: "s.yaml"
    ) { _ in [] }
  }

  private func side(_ template: String, system: String? = nil) -> EvaluationSide {
    EvaluationSide(
      label: "r@v1", digest: Digest(of: [1]), model: ScriptedModel { _ in .text("") },
      prompt: PromptTemplate(system: system, template: template))
  }

  @Test(arguments: [
    (
      "", "[{q: 1, a: x}, {q: 2, a: x}]",
      "s.yaml:4:11: All 2 cases expect the same answer, \"x\": a model that always gives it is right everywhere."
    ),
    (
      "", "[{q: 1, a: x}, {q: 2, a: y}, {q: 1, a: x}, {id: k, q: 2, a: y}]",
      "s.yaml:6:37: The case 'case-3' repeats 'case-1', and 1 more repeat others: intervals"
    ),
    (
      "gate: {min_cases: 3}", "[{q: 1, a: x}, {q: 2, a: y}]",
      "s.yaml:5:19: min_cases asks for 3 cases, but the suite has 2: no candidate can pass."
    ),
    (
      "gate: {must_pass: [case-1, case-1]}", "[{q: 1, a: x}, {q: 2, a: y}]",
      "s.yaml:5:19: must_pass names 2 cases, of which only 1 differ."
    ),
  ])
  func `what is hardly meant is told with its place`(keys: String, cases: String, text: String)
    throws
  {
    let warnings = try suite(keys, cases: cases).warnings
    #expect(warnings.count == 1)
    #expect(warnings.first?.description.hasPrefix(text) == true, "\(warnings)")
  }

  @Test(arguments: [
    ("gate: {min_cases: 2, must_pass: [case-1]}", "[{q: 1, a: x}, {q: 2, a: y}]", "label"),
    ("", "[{q: 1, a: x}]", "label"),
    ("choices: c", "[{q: 1, a: 0, c: [x, y]}, {q: 2, a: 0, c: [y, x]}]", "multiple_choice"),
  ])
  func `what is well said is not warned of`(keys: String, cases: String, task: String) throws {
    #expect(try suite(keys, cases: cases, task: task).warnings == [])
  }

  private static let two = "[{q: good x, a: good}, {q: 2, a: bad}]"

  @Test(arguments: [
    ("", "{{q}}", "mentions none of the 2 labels ('good', 'bad'): a model"),
    ("", "Say good.\n{{q}}", "mentions 1 of the 2 labels (not 'bad'): a model"),
    // Parts of other words are no mention; the question's own text is none.
    ("", "goods and badly: {{q}}", "mentions none of the 2 labels"),
    ("labels: [good, bad, '5']", "good or bad: {{q}}", "mentions 2 of the 3 labels (not '5')"),
    ("schema: {enum: [good, bad, fair]}", "good, bad: {{q}}", "2 of the 3 labels (not 'fair')"),
  ])
  func `labels that a prompt does not mention are told`(keys: String, prompt: String, text: String)
    throws
  {
    let warnings = try suite(keys, cases: Self.two).warnings(for: side(prompt))
    #expect(warnings.count == 1)
    #expect(
      warnings.first?.sentence.contains("The prompt of r@v1 ") == true
        && warnings.first?.sentence.contains(text) == true, "\(warnings)")
  }

  @Test func `labels of members are looked at one by one`() throws {
    let cases = "[{q: 1, a: {kind: x, n: 1, t: u}}, {q: 2, a: {kind: y, n: 2, t: v}}]"
    let measured = try suite("metrics: [exact_match: kind, exact_match: n]", cases: cases)
    let sentences = try measured.warnings(for: side("{{q}}")).map(\.sentence)
    #expect(sentences.count == 1)
    #expect(sentences[0].contains("none of the 2 labels of 'kind' ('x', 'y')"))
    let declared = try suite(
      "schema: {properties: {t: {enum: [u, v, w]}}}", cases: cases)
    #expect(
      try declared.warnings(for: side("u v {{q}}")).map(\.sentence).first?
        .contains("2 of the 3 labels of 't' (not 'w')") == true)
  }

  @Test func `labels that are mentioned, bound to, or many are not warned of`() throws {
    let cases = Self.two
    #expect(try suite("", cases: cases).warnings(for: side("{{q}}", system: "good bad")) == [])
    #expect(
      try suite("labels: [good, bad]\nconstrained: true", cases: cases).warnings(for: side("{{q}}"))
        == [])
    #expect(
      try suite(
        "examples: {count: 2, cases: [{q: 3, a: good}, {q: 4, a: bad}]}", cases: cases
      ).warnings(for: side("{{q}}")) == [])
    let many = (0..<51).map { "{q: \($0), a: l\($0)}" }.joined(separator: ", ")
    #expect(try suite("", cases: "[\(many)]").warnings(for: side("{{q}}")) == [])
    let numbers = try suite("", cases: "[{q: 1, a: 1}, {q: 2, a: 5}]")
    #expect(try numbers.warnings(for: side("from 1 to 4 {{q}}")) == [])
    #expect(try suite("", cases: cases, task: "generate").warnings(for: side("{{q}}")) == [])
  }

  @Test func `warnings are notes of the report`() throws {
    let suite = try suite("", cases: "[{q: 1, a: x}, {q: 2, a: x}]")
    let report = try EvaluationReport(
      suite: suite, baseline: run(suite, "a", "rr"), candidate: run(suite, "b", "rw"),
      bootstrap: PairedBootstrap(resamples: 50, seed: 1), warnings: suite.warnings)
    #expect(report.decision.notes.first == suite.warnings[0].sentence)
    #expect(report.text().contains("note: All 2 cases expect the same answer"))
  }
}
