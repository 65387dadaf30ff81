import JSON
import JSONSchema
import MLOpsCore
import Yams

/// Reads `schema`: the name of a file beside the suite, or a schema that is written in it.
struct SchemaFile {
  private let reader: SuiteReader
  private let node: Node
  /// Nil where the schema is written in the suite.
  private let name: String?
  /// With members in the order of the file.
  private let text: String
  private let value: JSONValue

  init(_ node: Node, _ reader: SuiteReader) throws {
    self.node = node
    self.reader = reader
    let bytes: [UInt8]
    if node.mapping != nil {
      name = nil
      bytes = Array(try YAMLText(reader: reader).json(node, "schema").utf8)
    } else {
      let name = try reader.string(node, "schema")
      self.name = name
      bytes = try reader.bytes(.schema, name, at: node)
    }
    do {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw SuitePlace(
        file: name.map(reader.location) ?? reader.file, line: error.line, column: error.column
      )
      .error("the schema is not JSON: \(error.reason)")
    }
    text = String(decoding: bytes, as: UTF8.self)
  }

  func schema() throws(EvaluationError) -> AnswerSchema {
    do throws(SchemaError) {
      return AnswerSchema(value: value, compiled: try JSONSchema.compile(value))
    } catch {
      let reason =
        error.missing.map {
          "it refers to '\($0)', and a suite's schema must hold all that it refers to"
        } ?? error.reason
      throw place(of: error.pointer).error("the schema cannot be used: \(reason)")
    }
  }

  /// What binds answers to the schema.
  func grammar() throws -> SuiteGrammar {
    do {
      return SuiteGrammar(try JSONSchemaGrammar(parsing: text).text, madeOf: reader.place(node))
    } catch let error as JSONSchemaGrammarError {
      let (pointer, what, reason) =
        switch error {
        case .unsupported(let keyword, let pointer, let reason):
          (pointer, "'\(keyword)'", reason)
        case .invalid(let pointer, let reason): (pointer, "the schema", reason)
        }
      throw place(of: pointer).error(
        "\(what) at '\(pointer)' cannot be written as a grammar: \(reason); without 'constrained' "
          + "answers are only checked")
    }
  }

  /// Where a part of the schema stands; the whole where it is not found.
  private func place(of pointer: JSONPointer) -> SuitePlace {
    guard let name else {
      var found = node
      for token in pointer.tokens {
        guard let next = found.mapping?[token] ?? element(token, of: found) else { break }
        found = next
      }
      return reader.place(found)
    }
    let range = JSONLocator(Array(text.utf8)).range(of: pointer)
    return SuitePlace(file: reader.location(of: name), line: range?.line, column: range?.column)
  }

  private func element(_ token: String, of node: Node) -> Node? {
    guard let sequence = node.sequence, let index = Int(token), sequence.indices.contains(index)
    else { return nil }
    return sequence[index]
  }
}

/// Writes nodes as JSON, members in their order.
private struct YAMLText {
  let reader: SuiteReader

  /// Aliases can make a short file a text without end.
  private static let mostBytes = 1 << 20

  func json(_ node: Node, _ subject: String) throws(EvaluationError) -> String {
    var text = ""
    try write(node, to: &text, subject)
    return text
  }

  private func write(_ node: Node, to text: inout String, _ subject: String)
    throws(EvaluationError)
  {
    guard text.utf8.count <= YAMLText.mostBytes else {
      throw reader.error(at: node, "\(subject) has more than \(YAMLText.mostBytes) bytes")
    }
    if let mapping = node.mapping {
      text += "{"
      for (index, member) in mapping.enumerated() {
        text += index == 0 ? "" : ","
        text += JSONValue.string(member.key.scalar?.string ?? "").canonical + ":"
        try write(member.value, to: &text, subject)
      }
      text += "}"
    } else if let sequence = node.sequence {
      text += "["
      for (index, element) in sequence.enumerated() {
        text += index == 0 ? "" : ","
        try write(element, to: &text, subject)
      }
      text += "]"
    } else {
      text += reader.json(node).canonical
    }
  }
}
