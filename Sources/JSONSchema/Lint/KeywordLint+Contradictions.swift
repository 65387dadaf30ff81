import JSON

extension KeywordLint {
  /// Demands that nothing can meet.
  mutating func contradictions() {
    for (low, high) in [
      ("minLength", "maxLength"), ("minItems", "maxItems"), ("minProperties", "maxProperties"),
      ("minContains", "maxContains"), ("minimum", "maximum"),
    ] {
      guard let a = number(low), let b = number(high), b < a else { continue }
      clash(low, a, "at most", high, b)
    }
    exclusiveLimits()
    if let values = reader["enum"]?.array {
      if values.isEmpty {
        warn("enum", "an array of at least one value", "enum is empty, so nothing is valid")
      }
      if Set(values).count < values.count {
        warn("enum", "an array of different values", "enum lists a value twice")
      }
      let types = typeNames
      if let types, !values.isEmpty, !values.contains(where: { KeywordLint.matches($0, types) }) {
        let names = types.joined(separator: " or ")
        warn(
          "enum", "an array with a value of the type \(names)",
          "enum has no value of the type \(names), so nothing is valid")
      }
    }
    if let value = reader["const"] {
      if let types = typeNames, !KeywordLint.matches(value, types) {
        let names = types.joined(separator: " or ")
        warn(
          "const", "of the type \(names)",
          "const \(Phrase.value(value)) is not of the type \(names), so nothing is valid")
      }
      if let values = reader["enum"]?.array, !values.contains(value) {
        warn(
          "const", "one of enum", "const \(Phrase.value(value)) is not in enum, so nothing is valid"
        )
      }
    }
    if let required = reader["required"]?.array?.count, let most = reader["maxProperties"]?.int,
      required > most
    {
      warn(
        "maxProperties", "at least as many as required has",
        "maxProperties is \(most), but required has \(Phrase.count(required, "name"))")
    }
  }

  /// Two limits that leave nothing between them.
  private mutating func clash(
    _ low: String, _ a: JSONNumber, _ relation: String, _ high: String, _ b: JSONNumber
  ) {
    warn(
      low, "\(relation) \(high)",
      "\(low) is \(a.canonical) and \(high) is \(b.canonical), so nothing meets both")
  }

  private mutating func exclusiveLimits() {
    guard reader.draft > .draft4 else { return }
    for (low, high) in [
      ("exclusiveMinimum", "maximum"), ("minimum", "exclusiveMaximum"),
      ("exclusiveMinimum", "exclusiveMaximum"),
    ] {
      guard let a = number(low), let b = number(high), !(a < b) else { continue }
      clash(low, a, "below", high, b)
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
        "\(name) has no effect, since type admits only \(types.joined(separator: " or "))")
    }
  }

  /// What `type` admits; nil where it is missing, or malformed, which has been told already.
  private var typeNames: [String]? {
    let names =
      reader["type"]?.string.map { [$0] } ?? reader["type"]?.array?.compactMap(\.string)
    return names.flatMap { TypeName.all.isSuperset(of: $0) ? $0 : nil }
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
