import JSON

extension KeywordLint {
  /// Demands that nothing can meet.
  mutating func contradictions() {
    for (low, high) in [
      ("minLength", "maxLength"), ("minItems", "maxItems"), ("minProperties", "maxProperties"),
      ("minContains", "maxContains"), ("minimum", "maximum"),
    ] {
      guard let a = number(low), let b = number(high), b < a else { continue }
      warn(low, "at most \(high)", "\(a.canonical), and \(high) \(b.canonical)")
    }
    exclusiveLimits()
    if let values = reader["enum"]?.array {
      if values.isEmpty {
        warn("enum", "an array of at least one value", "[], which nothing is in")
      }
      if Set(values).count < values.count {
        warn("enum", "an array of different values", "one that says a value twice")
      }
      let types = typeNames
      if let types, !values.isEmpty, !values.contains(where: { KeywordLint.matches($0, types) }) {
        warn("enum", "a value of the type \(types.joined(separator: " or "))", "none")
      }
    }
    if let value = reader["const"] {
      if let types = typeNames, !KeywordLint.matches(value, types) {
        warn("const", "of the type \(types.joined(separator: " or "))", Phrase.value(value))
      }
      if let values = reader["enum"]?.array, !values.contains(value) {
        warn("const", "one of enum", Phrase.value(value))
      }
    }
    if let required = reader["required"]?.array?.count, let most = reader["maxProperties"]?.int,
      required > most
    {
      warn("maxProperties", "at least as many as required has", "\(most), and \(required) required")
    }
  }

  private mutating func exclusiveLimits() {
    guard reader.draft > .draft4 else { return }
    for (low, high) in [
      ("exclusiveMinimum", "maximum"), ("minimum", "exclusiveMaximum"),
      ("exclusiveMinimum", "exclusiveMaximum"),
    ] {
      guard let a = number(low), let b = number(high), !(a < b) else { continue }
      warn(low, "below \(high)", "\(a.canonical), and \(high) \(b.canonical)")
    }
  }

  /// Keywords that only look at values which `type` does not admit.
  mutating func excludedByType() {
    guard let types = typeNames else { return }
    for name in reader.members.keys.sorted() {
      guard reader.dialect.keywords[name] != nil, let wanted = KeywordLint.types[name],
        wanted.isDisjoint(with: types)
      else { continue }
      let nouns = wanted.sorted().joined(separator: " or ")
      warn(
        name, "beside a type that admits \(nouns)",
        "the type \(types.joined(separator: " or ")), so it has no effect")
    }
  }

  private var typeNames: [String]? {
    reader["type"]?.string.map { [$0] } ?? reader["type"]?.array?.compactMap(\.string)
  }

  private func number(_ keyword: String) -> JSONNumber? {
    if case .number(let number)? = reader[keyword] { number } else { nil }
  }

  private static func matches(_ value: JSONValue, _ types: [String]) -> Bool {
    let type = value.typeName
    return types.contains(type) || (type == "integer" && types.contains("number"))
  }

  /// The types that each keyword looks at.
  private static let types: [String: Set<String>] = {
    var table: [String: Set<String>] = [:]
    for name in ["minLength", "maxLength", "pattern", "contentEncoding", "contentMediaType"] {
      table[name] = ["string"]
    }
    for name in ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"] {
      table[name] = ["number", "integer"]
    }
    for name in [
      "items", "prefixItems", "additionalItems", "contains", "minItems", "maxItems", "uniqueItems",
      "minContains", "maxContains", "unevaluatedItems",
    ] {
      table[name] = ["array"]
    }
    for name in [
      "properties", "patternProperties", "additionalProperties", "propertyNames", "required",
      "minProperties", "maxProperties", "dependencies", "dependentRequired", "dependentSchemas",
      "unevaluatedProperties",
    ] {
      table[name] = ["object"]
    }
    return table
  }()
}
