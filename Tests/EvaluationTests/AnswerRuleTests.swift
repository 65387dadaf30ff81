import JSON
import JSONSchema
import MLOpsCore
import Testing

@testable import Evaluation

/// What an answer of the task `label` must be, and what binds decoding to it.
struct AnswerRuleTests {
  private static let schema =
    #"{"type": "object", "required": ["z", "a"], "properties": {"z": {"enum": ["x", "y"]}, "a": {"type": "integer"}}}"#

  private func suite(
    _ keys: String, cases: String = "[{q: 1, a: {z: x, a: 1}}]", task: String = "label",
    file: String = AnswerRuleTests.schema
  ) throws -> Suite {
    try Suite(
      yaml: "name: l\ntask: \(task)\ninput: q\nexpected: a\n\(keys)\ncases: \(cases)\n",
      file: "s.yaml"
    ) { part, name in
      #expect(part == .schema && name == "dir/answer.json")
      return Array(file.utf8)
    }
  }

  private func rule(_ suite: Suite) throws -> AnswerRule {
    try #require(suite.task as? LabelTask).rule
  }

  private func grammar(_ suite: Suite) throws -> String? {
    let prompts = try CasePrompts(suite, suite.template(over: nil), label: "r")
    guard
      case .generate(let request) = try suite.task.request(suite.cases[0], prompts[0], sample: 0)
    else { return nil }
    #expect(request.grammar == suite.grammar?.text)
    return request.grammar
  }

  @Test(arguments: [
    (#"{"z": "x", "a": 2}"#, nil),
    (
      #"{"z": "w", "a": 2}"#,
      #"not what the schema accepts: /z: expected one of "x", "y", found "w""#
    ),
    (#"{"z": "x"}"#, #"not what the schema accepts: expected a member "a", found"#),
    (#"{"z": "x", "a": "2"}"#, "not what the schema accepts: /a: expected an integer, found \"2\""),
    ("{", "not JSON at line 1"), ("", "the output is empty"),
  ])
  func `an answer that the schema does not accept is unreadable and says where`(
    output: String, reason: String?
  ) throws {
    for key in ["schema: dir/answer.json", "schema: \(Self.schema)"] {
      let answer = try rule(try suite(key)).read(output)
      guard let reason else {
        #expect(answer.value == (try JSONValue(parsing: output)))
        continue
      }
      #expect(answer.reason?.contains(reason) == true, "\(answer)")
    }
  }

  @Test func `constrained decoding follows the schema in the order of its members`() throws {
    let inline = try suite("schema: \(Self.schema)\nconstrained: true")
    let file = try suite("schema: dir/answer.json\nconstrained: true")
    let expected = try JSONSchemaGrammar(parsing: Self.schema).text
    #expect(try grammar(inline) == expected && grammar(file) == expected)
    #expect(inline.digest == file.digest)
    #expect(try grammar(try suite("schema: dir/answer.json\nconstrained: false")) == nil)
    // What decoding is bound to is a part of the suite, and so is the order of members.
    let other = Self.schema.replacing(
      #""z": {"enum": ["x", "y"]}, "a": {"type": "integer"}"#,
      with: #""a": {"type": "integer"}, "z": {"enum": ["x", "y"]}"#)
    let digests = try [
      suite(""), suite("schema: \(Self.schema)"), inline,
      suite("schema: \(other)\nconstrained: true"), suite("grammar: 'root ::= \"x\"'"),
      suite("grammar: 'root ::= \"y\"'"),
    ].map(\.digest)
    #expect(Set(digests).count == digests.count)
    #expect(try suite("schema: \(other)").digest == digests[1])
  }

  @Test(arguments: [
    ("긍정", "긍정"), (" 긍정\n", "긍정"), (#""부\"정""#, #"부"정"#), (#"부"정"#, #"부"정"#), ("1", "1"),
    ("긍", nil), (#""긍""#, nil), ("긍정.", nil), ("", nil), (#"{"긍정":1}"#, nil),
  ])
  func `a label is read as it stands or as a JSON string`(output: String, label: String?) throws {
    let rule = try rule(
      try suite(#"labels: [긍정, '부"정', 1]"#, cases: "[{q: 1, a: 긍정}, {q: 2, a: 1}]"))
    #expect(rule.read(output).value?.string == label)
    if label == nil, !output.isEmpty {
      #expect(rule.read(output).reason == "none of the 3 labels")
    }
  }

  @Test func `labels bind decoding to both of their forms`() throws {
    let suite = try suite(
      #"labels: [a, 'b"c\']"# + "\nconstrained: true", cases: "[{q: 1, a: a}]")
    #expect(try grammar(suite) == #"root ::= "a" | "\"a\"" | "b\"c\\" | "\"b\\\"c\\\\\"""# + "\n")
    // A number that is expected is the text that models write.
    let numbers = try self.suite("labels: [1, 2]", cases: "[{q: 1, a: 2}]")
    #expect(numbers.cases[0].expected == "2")
    #expect(numbers.task.shown(numbers.cases[0]) == "2")
  }

  @Test func `a grammar binds texts and labels, and says where in it a mistake stands`() throws {
    let block = "grammar: |\n  root ::= \"a\"\n  x ::= y"
    for task in ["label", "generate"] {
      let suite = try suite(block, task: task)
      #expect(try grammar(suite) == "root ::= \"a\"\nx ::= y\n")
      #expect(
        suite.grammar?.mistake(line: 2, reason: "no y").message
          == "The suite is not valid: s.yaml:7: grammar: no y.")
    }
  }

  @Test(arguments: [
    ("constrained: true", "s.yaml:5:14: constrained needs 'schema' or 'labels'"),
    ("schema: {}\nlabels: [a, b]", "s.yaml:6:9: a suite has either 'schema' or 'labels'"),
    ("schema: {}\nconstrained: maybe", "s.yaml:6:14: constrained must be true or false"),
    ("labels: [a]", "s.yaml:5:9: labels must name at least two texts"),
    ("labels: [a, a]", "s.yaml:5:13: the label 'a' occurs twice"),
    ("labels: [a, ' b']", "s.yaml:5:13: the label ' b' has white space around it"),
    (
      "labels: [a, b]", "s.yaml:6:9: the right answer '{\"a\":1,\"z\":\"x\"}' is none of the labels"
    ),
    ("schema: {type: strng}", "s.yaml:5:16: the schema cannot be used: type must be"),
    ("schema: {properties: {z: {const: y}}}", "s.yaml:6:9: the right answer {\"a\":1,\"z\":\"x\"}"),
    (
      "schema: {$ref: other.json}",
      "it refers to 'other.json', and a suite's schema must hold all that it refers to"
    ),
    (
      "schema: {type: object, properties: {z: {type: string, pattern: x}}}\nconstrained: true",
      "s.yaml:5:64: 'pattern' at '/properties/z/pattern' cannot be written as a grammar:"
    ),
    (
      "schema: {type: object}\nconstrained: true\ngrammar: 'root ::= \"x\"'",
      "s.yaml:7:10: 'constrained' binds answers to a grammar already"
    ),
    ("grammar: ''", "s.yaml:5:10: grammar must be a text that is not empty"),
  ])
  func `a rule that cannot be kept is told with its place`(keys: String, reason: String) throws {
    let error = #expect(throws: EvaluationError.self) { try suite(keys) }
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
  }

  @Test(arguments: [
    ("{\"type\":\n  \"strng\"}", "dir/answer.json:2:3: the schema cannot be used"),
    ("{\"type\":", "dir/answer.json:1:9: the schema is not JSON"),
    (
      "{\"type\": \"object\",\n \"properties\": {\"z\": {\"not\": {}}}}",
      "dir/answer.json:2:"
    ),
  ])
  func `a mistake in a schema's file is told with its place there`(text: String, place: String)
    throws
  {
    let error = #expect(throws: EvaluationError.self) {
      try suite("schema: dir/answer.json\nconstrained: true", cases: "[{q: 1, a: {}}]", file: text)
    }
    #expect(error?.message.contains(place) == true, "\(error?.message ?? "")")
  }
}
