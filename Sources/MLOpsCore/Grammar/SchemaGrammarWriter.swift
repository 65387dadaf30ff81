import JSON

/// The rules of a schema's grammar as they come up.
final class SchemaGrammarWriter {
  let document: JSONValue
  /// Names of members in the order in which they are written.
  let order: ([String], JSONPointer) -> [String]
  private var names: [JSONPointer: String] = [:]
  private var rules: [String] = []

  init(_ document: JSONValue, order: @escaping ([String], JSONPointer) -> [String]) {
    self.document = document
    self.order = order
  }

  /// All rules but the root, with those that every grammar has.
  func text(isCompact: Bool) -> String {
    let space = isCompact ? #""""# : #"( " " | "\n" " "{0,32} )?"#
    return rules.joined(separator: "\n") + "\n" + "space ::= \(space)\n" + Self.common
  }

  private static let common = #"""
    value ::= object | array | string | number | "true" | "false" | "null"
    object ::= "{" space ( member ( space "," space member )* space )? "}"
    member ::= string space ":" space value
    array ::= "[" space ( value ( space "," space value )* space )? "]"
    string ::= "\"" character* "\""
    character ::= [^"\\\x00-\x1F\x7F] | "\\" ( ["\\/bfnrt] | "u" escaped )
    escaped ::= [0-9a-cA-CefEF] hex hex hex | [dD] [0-7] hex hex
    hex ::= [0-9a-fA-F]
    number ::= integer ( "." [0-9]{1,16} )? ( [eE] [-+]? [0-9]{1,2} )?
    integer ::= "-"? ( "0" | [1-9] [0-9]{0,15} )

    """#

  /// The name of the rule that writes the values of the schema at a place.
  func rule(for pointer: JSONPointer) throws -> String {
    if let name = names[pointer] { return name }
    guard let schema = document[pointer] else {
      throw JSONSchemaGrammarError.invalid(pointer: pointer, reason: "there is no such schema")
    }
    guard pointer.tokens.count <= 256 else {
      throw JSONSchemaGrammarError.invalid(pointer: pointer, reason: "it lies too deep")
    }
    let name = "schema-\(names.count)"
    names[pointer] = name
    add(name, try alternatives(of: schema, pointer).joined(separator: " | "))
    return name
  }

  func add(_ name: String, _ body: String) { rules.append("\(name) ::= \(body)") }

  /// A name for a rule of the schema at a place that it needs beside its own.
  func name(_ suffix: String, of pointer: JSONPointer) -> String {
    "\(names[pointer] ?? "schema")-\(suffix)"
  }

  // MARK: Kinds of schemas

  private func alternatives(of schema: JSONValue, _ pointer: JSONPointer) throws -> [String] {
    if schema == .bool(true) { return ["value"] }
    guard let object = schema.object else {
      throw JSONSchemaGrammarError.invalid(
        pointer: pointer,
        reason: schema == .bool(false)
          ? "no value fulfils it" : "it is no object and no truth value")
    }
    let keywords = try SchemaKeywords(object, pointer)
    if let reference = object["$ref"] {
      try keywords.demandAlone("$ref")
      return [try rule(for: target(of: reference, pointer))]
    }
    for keyword in ["anyOf", "oneOf", "allOf"] where object[keyword] != nil {
      try keywords.demandAlone(keyword)
      return try branches(keyword, object[keyword]?.array, pointer)
    }
    if let values = keywords.literals {
      let fitting = values.filter { keywords.allowsType(of: $0) }
      guard !fitting.isEmpty else {
        throw JSONSchemaGrammarError.invalid(pointer: pointer, reason: "no value fulfils it")
      }
      try keywords.demandOnly(
        ["type", "enum", "const"], beside: object["const"] == nil ? "enum" : "const")
      return fitting.map { Self.literal($0.canonical) }
    }
    return try keywords.types.map { try alternative($0, keywords) }
  }

  private func alternative(_ type: String, _ keywords: SchemaKeywords) throws -> String {
    switch type {
    case "null": "\"null\""
    case "boolean": "( \"true\" | \"false\" )"
    case "string": try string(keywords)
    case "number": try number(keywords)
    case "integer": try integer(keywords)
    case "array": try array(keywords)
    case "object": try object(keywords)
    default:
      throw JSONSchemaGrammarError.invalid(
        pointer: keywords.pointer.appending("type"), reason: "'\(type)' is no type")
    }
  }

  private func target(of reference: JSONValue, _ pointer: JSONPointer) throws -> JSONPointer {
    let place = pointer.appending("$ref")
    guard let text = reference.string, text.hasPrefix("#"), !text.contains("%"),
      let target = JSONPointer(String(text.dropFirst()))
    else {
      throw JSONSchemaGrammarError.unsupported(
        keyword: "$ref", pointer: place,
        reason: "only '#' with a JSON Pointer within the document is followed")
    }
    // References that lead to each other name no value at all.
    var seen: Set<JSONPointer> = [pointer]
    var next = target
    while seen.insert(next).inserted {
      guard let further = document[next]?.object?["$ref"]?.string, further.hasPrefix("#"),
        let pointer = JSONPointer(String(further.dropFirst()))
      else { return target }
      next = pointer
    }
    throw JSONSchemaGrammarError.invalid(pointer: place, reason: "it refers to itself")
  }

  private func branches(_ keyword: String, _ schemas: [JSONValue]?, _ pointer: JSONPointer) throws
    -> [String]
  {
    let place = pointer.appending(keyword)
    guard let schemas, !schemas.isEmpty else {
      throw JSONSchemaGrammarError.invalid(pointer: place, reason: "expected a list of schemas")
    }
    if keyword == "allOf", schemas.count > 1 {
      throw JSONSchemaGrammarError.unsupported(
        keyword: keyword, pointer: place, reason: "only a list of one schema can be")
    }
    if keyword == "oneOf" {
      for left in schemas.indices {
        for right in schemas.indices[(left + 1)...]
        where !SchemaExclusion(document).exclude(schemas[left], schemas[right]) {
          throw JSONSchemaGrammarError.unsupported(
            keyword: keyword, pointer: place,
            reason: "a value could fulfil both schema \(left) and schema \(right)")
        }
      }
    }
    return try schemas.indices.map { try rule(for: place.appending($0)) }
  }

  /// A text of JSON as a literal of GBNF.
  static func literal(_ text: String) -> String {
    var literal = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": literal += "\\\(scalar)"
      case _ where scalar.value < 32 || scalar.value == 127:
        let hex = String(scalar.value, radix: 16)
        literal += "\\x" + (hex.count == 1 ? "0" : "") + hex
      default: literal.unicodeScalars.append(scalar)
      }
    }
    return literal + "\""
  }
}
