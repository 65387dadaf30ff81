import Foundation
import JSON
import Yams

/// What an answer of the task `label` must be.
struct AnswerRule: Sendable {
  static let keys = ["schema", "labels", "constrained"]

  enum Form: Sendable {
    case anyJSON
    case schema(AnswerSchema)
    /// One of these, as it stands or as a JSON string.
    case labels([String])
  }

  let form: Form
  /// Made of the form, where decoding shall be bound to it.
  let grammar: SuiteGrammar?

  init(_ members: [String: Node], _ reader: SuiteReader) throws {
    let constrained = members["constrained"]
    let isConstrained =
      try constrained.map { try reader.bool($0, "constrained") } ?? false
    switch (members["schema"], members["labels"]) {
    case (nil, nil):
      if let constrained, isConstrained {
        throw reader.error(
          at: constrained,
          "constrained needs 'schema' or 'labels', which say what answers are bound to"
        )
      }
      form = .anyJSON
      grammar = nil
    case (_?, let node?):
      throw reader.error(at: node, "a suite has either 'schema' or 'labels', not both")
    case (let node?, nil):
      let file = try SchemaFile(node, reader)
      form = .schema(try file.schema())
      grammar = isConstrained ? try file.grammar() : nil
    case (nil, let node?):
      let labels = try AnswerRule.labels(node, reader)
      form = .labels(labels)
      grammar =
        isConstrained
        ? SuiteGrammar(LabelGrammar(labels: labels).text, madeOf: reader.place(node)) : nil
    }
  }

  private static func labels(_ node: Node, _ reader: SuiteReader) throws(EvaluationError)
    -> [String]
  {
    var labels: [String] = []
    for element in try reader.list(node, "labels") {
      let label = try reader.string(element, "a label")
      guard label == label.trimmingCharacters(in: .whitespacesAndNewlines) else {
        throw reader.error(
          at: element, "the label '\(label)' has white space around it, which answers lose")
      }
      guard !labels.contains(label) else {
        throw reader.error(at: element, "the label '\(label)' occurs twice")
      }
      labels.append(label)
    }
    guard labels.count > 1 else {
      throw reader.error(at: node, "labels must name at least two texts")
    }
    return labels
  }

  /// The settings, for the suite's digest.
  var json: [String: JSONValue] {
    var object: [String: JSONValue] = [:]
    switch form {
    case .anyJSON: break
    case .schema(let schema): object["schema"] = schema.value
    case .labels(let labels): object["labels"] = .array(labels.map { .string($0) })
    }
    // Says the order of members too, which the schema's value does not.
    if let grammar { object["constrained"] = .string(grammar.text) }
    return object
  }

  /// A case whose right answers are such as can be given.
  func completed(_ one: SuiteCase) throws(CaseMistake) -> SuiteCase {
    switch form {
    case .anyJSON: return one
    case .schema(let schema):
      for answer in [one.expected] + one.alternatives {
        guard let violation = schema.violation(of: answer) else { continue }
        throw CaseMistake(
          reason:
            "the right answer \(answer.canonical) is not what the schema accepts: \(violation)")
      }
      return one
    case .labels(let labels):
      var texts: [JSONValue] = []
      for answer in [one.expected] + one.alternatives {
        let text = answer.string ?? answer.canonical
        guard let label = labels.first(where: { $0 == text }) else {
          throw CaseMistake(reason: "the right answer '\(text)' is none of the labels")
        }
        texts.append(.string(label))
      }
      return SuiteCase(
        id: one.id, record: one.record, expected: texts[0],
        alternatives: Array(texts.dropFirst()), slices: one.slices)
    }
  }

  /// A right answer as a model would write it.
  func shown(_ answer: JSONValue) -> String {
    if case .labels = form { return answer.string ?? answer.canonical }
    return answer.canonical
  }

  func read(_ output: String) -> Answer {
    guard case .labels(let labels) = form else {
      let answer = AnswerRule.json(output)
      guard case .schema(let schema) = form, let value = answer.value,
        let violation = schema.violation(of: value)
      else { return answer }
      return .unreadable(reason: "not what the schema accepts: \(violation)")
    }
    let text = output.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !text.isEmpty else { return .unreadable(reason: "the output is empty") }
    for found in [text, (try? JSONValue(parsing: text))?.string] {
      if let label = labels.first(where: { $0 == found }) { return .readable(.string(label)) }
    }
    return .unreadable(reason: "none of the \(labels.count) labels")
  }

  /// The whole output, white space around it aside, as JSON.
  static func json(_ output: String) -> Answer {
    let text = output.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !text.isEmpty else { return .unreadable(reason: "the output is empty") }
    do {
      return .readable(try JSONValue(parsing: text))
    } catch {
      return .unreadable(
        reason: "not JSON at line \(error.line), column \(error.column): \(error.reason)")
    }
  }
}
