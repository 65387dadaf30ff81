import JSON

extension SchemaCompiler {
  /// Compiles a keyword that looks at the value alone.
  mutating func validation(_ keyword: String, _ reader: KeywordReader, _ id: SchemaNode.ID)
    throws(SchemaProblem)
  {
    switch keyword {
    case "type": try type(reader, id)
    case "enum":
      guard let values = try reader.array("enum") else { return }
      add("enum", .oneOfValues(values, Set(values)), to: id)
    case "const":
      guard let value = reader["const"] else { return }
      add("const", .constant(value), to: id)
    case "minLength", "maxLength", "minProperties", "maxProperties", "minItems", "maxItems":
      guard let count = try reader.count(keyword) else { return }
      let bound: Bound = keyword.hasPrefix("min") ? .atLeast : .atMost
      let rule: Rule =
        switch keyword.dropFirst(3) {
        case "Length": .length(bound, count)
        case "Items": .elementCount(bound, count)
        default: .memberCount(bound, count)
        }
      add(keyword, rule, to: id)
    case "pattern":
      guard let text = try reader.string("pattern"),
        let pattern = pattern(text, reader, "pattern", at: nil)
      else { return }
      add("pattern", .pattern(pattern), to: id)
    case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum":
      try limit(keyword, reader, id)
    case "multipleOf":
      guard let number = try reader.number("multipleOf") else { return }
      guard JSONNumber(0) < number else { throw reader.problem("multipleOf", "a number above 0") }
      add("multipleOf", .multiple(number, number.decimal), to: id)
    case "required":
      guard let names = try reader.names("required") else { return }
      add("required", .required(names), to: id)
    case "uniqueItems":
      if try reader.bool("uniqueItems") == true { add("uniqueItems", .unique, to: id) }
    case "dependentRequired":
      guard let members = try reader.object("dependentRequired") else { return }
      var rules: [(String, [String])] = []
      for (name, value) in members {
        rules.append((name, try names(value, keyword, name, reader)))
      }
      add(keyword, .dependentRequired(rules), to: id)
    default: break
    }
  }

  /// The names that a member of `dependentRequired` or `dependencies` asks for.
  func names(_ value: JSONValue, _ keyword: String, _ name: String, _ reader: KeywordReader)
    throws(SchemaProblem) -> [String]
  {
    let names = value.array?.compactMap(\.string) ?? []
    guard let values = value.array, names.count == values.count else {
      throw reader.problem(
        keyword, "an object of arrays of strings", found: Phrase.value(value), at: name)
    }
    return names
  }

  private mutating func type(_ reader: KeywordReader, _ id: SchemaNode.ID) throws(SchemaProblem) {
    guard let type = reader["type"] else { return }
    let values = type.array ?? [type]
    let names = values.compactMap(\.string)
    guard !names.isEmpty, names.count == values.count, TypeName.all.isSuperset(of: names)
    else {
      throw reader.problem(
        "type", "one or more of null, boolean, object, array, number, string and integer",
        found: Phrase.value(type) + (TypeName.hint(to: names, isList: type.array != nil) ?? ""))
    }
    let isAsWritten =
      reader.draft == .draft4 && names.contains("integer") && !names.contains("number")
    add("type", isAsWritten ? .typeAsWritten(names) : .type(names), to: id)
  }

  private mutating func limit(_ keyword: String, _ reader: KeywordReader, _ id: SchemaNode.ID)
    throws(SchemaProblem)
  {
    let isLower = keyword == "minimum" || keyword == "exclusiveMinimum"
    let isExclusive = keyword.hasPrefix("exclusive")
    if reader.draft == .draft4 {
      // There the exclusive keywords are flags of the other two.
      let flag = isLower ? "exclusiveMinimum" : "exclusiveMaximum"
      let isStrict = try reader.bool(flag) ?? false
      guard !isExclusive, let number = try reader.number(keyword) else { return }
      let limit: Limit =
        isLower
        ? (isStrict ? .exclusiveMinimum : .minimum) : (isStrict ? .exclusiveMaximum : .maximum)
      return add(keyword, .limit(limit, number), to: id)
    }
    guard let number = try reader.number(keyword) else { return }
    let limit: Limit =
      isLower
      ? (isExclusive ? .exclusiveMinimum : .minimum)
      : (isExclusive ? .exclusiveMaximum : .maximum)
    add(keyword, .limit(limit, number), to: id)
  }
}
