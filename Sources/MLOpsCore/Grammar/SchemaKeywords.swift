import JSON

/// The keywords of one schema, none of which is unknown to the grammar.
struct SchemaKeywords {
  let members: [String: JSONValue]
  let pointer: JSONPointer

  private static let annotations: Set<String> = [
    "$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "default",
    "examples", "deprecated", "readOnly", "writeOnly",
  ]
  private static let byType: [(type: String, keywords: [String])] = [
    ("object", ["properties", "required", "additionalProperties"]),
    ("array", ["items", "minItems", "maxItems", "uniqueItems"]),
    ("string", ["minLength", "maxLength"]),
    ("integer", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]),
  ]
  private static let others = ["type", "enum", "const", "$ref", "anyOf", "oneOf", "allOf"]
  private static let known = Set(others + byType.flatMap(\.keywords)).union(annotations)

  /// - Throws: `core.schema_unsupported`.
  init(_ members: [String: JSONValue], _ pointer: JSONPointer) throws {
    self.members = members
    self.pointer = pointer
    for keyword in members.keys.sorted() where !Self.known.contains(keyword) {
      throw unsupported(keyword, "it is none of those that are understood")
    }
    if members["$id"] != nil, !pointer.tokens.isEmpty {
      throw unsupported("$id", "a schema with a name of its own changes what references mean")
    }
  }

  subscript(keyword: String) -> JSONValue? { members[keyword] }

  func unsupported(_ keyword: String, _ reason: String) -> JSONSchemaGrammarError {
    .unsupported(keyword: keyword, pointer: pointer.appending(keyword), reason: reason)
  }

  func invalid(_ keyword: String, _ reason: String) -> JSONSchemaGrammarError {
    .invalid(pointer: pointer.appending(keyword), reason: reason)
  }

  /// - Throws: `core.schema_unsupported` where something beside a keyword says more of a value.
  func demandAlone(_ keyword: String) throws { try demandOnly([keyword], beside: keyword) }

  func demandOnly(_ keywords: Set<String>, beside keyword: String) throws {
    let more = members.keys.filter { !keywords.contains($0) && !Self.annotations.contains($0) }
    guard let first = more.sorted().first else { return }
    throw unsupported(first, "it stands beside '\(keyword)'")
  }

  /// The only values there may be; nil where neither `const` nor `enum` is said.
  var literals: [JSONValue]? {
    guard let constant = members["const"] else { return members["enum"]?.array }
    guard let values = members["enum"]?.array else { return [constant] }
    return values.filter { $0 == constant }
  }

  /// The names of types that `type` has; nil where it is not said.
  private var said: [String]? {
    if let name = members["type"]?.string { return [name] }
    return members["type"]?.array?.map { $0.string ?? "" }
  }

  func allowsType(of value: JSONValue) -> Bool {
    guard let said else { return true }
    return said.contains(value.typeName)
      || value.typeName == "integer" && said.contains("number")
  }

  /// The types to write: as said; else those that the keywords are about; else all.
  ///
  /// - Throws: `core.schema_invalid`.
  var types: [String] {
    get throws {
      if members["enum"] != nil { throw invalid("enum", "expected a list") }
      if members["type"] != nil {
        guard let said, !said.isEmpty else {
          throw invalid("type", "expected a name or a list of names")
        }
        // A number may be whole anyway.
        return said.contains("number") ? said.filter { $0 != "integer" } : said
      }
      let meant = Self.byType.filter { $0.keywords.contains { members[$0] != nil } }.map(\.type)
      return meant.isEmpty ? ["object", "array", "string", "number", "boolean", "null"] : meant
    }
  }

  /// A number of things that is at least 0; nil where the keyword is missing.
  ///
  /// - Throws: `core.schema_invalid`, and `core.schema_unsupported` for one above 10,000.
  func count(_ keyword: String) throws -> Int? {
    guard let value = members[keyword] else { return nil }
    guard let count = value.int, count >= 0 else {
      throw invalid(keyword, "expected a whole number, at least 0")
    }
    guard count <= 10_000 else { throw unsupported(keyword, "the most is 10000") }
    return count
  }

  /// `{least,most}` of GBNF.
  ///
  /// - Throws: as `count`.
  func bounds(_ least: String, _ most: String) throws -> (least: Int, most: Int?) {
    let bounds = (try count(least) ?? 0, try count(most))
    if let most = bounds.1, most < bounds.0 { throw invalid(least, "no value fulfils it") }
    return bounds
  }
}
