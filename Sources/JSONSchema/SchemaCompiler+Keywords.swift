import JSON

extension SchemaCompiler {
  /// The assertions of a schema object: cheap ones first, `unevaluated…` last, because it asks what
  /// all the others have looked at. Unknown keywords are annotations and assert nothing.
  mutating func assertions(_ reader: KeywordReader, in resource: Int) throws(SchemaError)
    -> [Assertion]
  {
    var list: [Assertion] = []
    try values(reader, &list)
    try strings(reader, &list)
    try numbers(reader, &list)
    try objects(reader, resource, &list)
    try arrays(reader, resource, &list)
    try references(reader, resource, &list)
    try combinations(reader, resource, &list)
    for keyword in ["$defs", "definitions"] {
      for (name, _) in try reader.object(keyword) ?? [] {
        _ = try node(at: reader.place(keyword).appending(name), in: resource)
      }
    }
    if reader.members["unevaluatedItems"] != nil {
      program.tracksEvaluated = true
      let child = try node(at: reader.place("unevaluatedItems"), in: resource)
      list.append(Assertion(keyword: "unevaluatedItems", rule: .unevaluatedElements(child)))
    }
    if reader.members["unevaluatedProperties"] != nil {
      program.tracksEvaluated = true
      let child = try node(at: reader.place("unevaluatedProperties"), in: resource)
      list.append(Assertion(keyword: "unevaluatedProperties", rule: .unevaluatedMembers(child)))
    }
    return list
  }

  private func values(_ reader: KeywordReader, _ list: inout [Assertion]) throws(SchemaError) {
    if let type = reader.members["type"] {
      let values = type.array ?? [type]
      let names = values.compactMap(\.string)
      let known: Set = ["null", "boolean", "object", "array", "number", "string", "integer"]
      guard !names.isEmpty, names.count == values.count, known.isSuperset(of: names) else {
        throw reader.failure(
          "type", "one or more of null, boolean, object, array, number, string and integer")
      }
      list.append(Assertion(keyword: "type", rule: .type(names)))
    }
    if let values = try reader.array("enum") {
      list.append(Assertion(keyword: "enum", rule: .oneOfValues(values, Set(values))))
    }
    if let value = reader.members["const"] {
      list.append(Assertion(keyword: "const", rule: .constant(value)))
    }
  }

  private func strings(_ reader: KeywordReader, _ list: inout [Assertion]) throws(SchemaError) {
    if let count = try reader.count("minLength") {
      list.append(Assertion(keyword: "minLength", rule: .length(.atLeast, count)))
    }
    if let count = try reader.count("maxLength") {
      list.append(Assertion(keyword: "maxLength", rule: .length(.atMost, count)))
    }
    if let text = try reader.string("pattern") {
      let pattern = try pattern(text, reader, at: reader.place("pattern"))
      list.append(Assertion(keyword: "pattern", rule: .pattern(pattern)))
    }
    if let name = try reader.string("format"), assertsFormats, let format = Format(rawValue: name) {
      list.append(Assertion(keyword: "format", rule: .format(format)))
    }
  }

  private func pattern(_ text: String, _ reader: KeywordReader, at place: SchemaLocation)
    throws(SchemaError) -> Pattern
  {
    do {
      return try Pattern(text)
    } catch {
      throw reader.index.failure(
        "\(Phrase.quoted(text)) is no regular expression: \(error.reason)", at: place)
    }
  }

  private func numbers(_ reader: KeywordReader, _ list: inout [Assertion]) throws(SchemaError) {
    let limits: [(String, Limit)] = [
      ("minimum", .minimum), ("maximum", .maximum), ("exclusiveMinimum", .exclusiveMinimum),
      ("exclusiveMaximum", .exclusiveMaximum),
    ]
    for (keyword, limit) in limits {
      guard let number = try reader.number(keyword) else { continue }
      list.append(Assertion(keyword: keyword, rule: .limit(limit, number)))
    }
    if let number = try reader.number("multipleOf") {
      guard JSONNumber(0) < number else { throw reader.failure("multipleOf", "a number above 0") }
      list.append(Assertion(keyword: "multipleOf", rule: .multiple(number, number.decimal)))
    }
  }

  private mutating func objects(
    _ reader: KeywordReader, _ resource: Int, _ list: inout [Assertion]
  ) throws(SchemaError) {
    if let names = try reader.names("required") {
      list.append(Assertion(keyword: "required", rule: .required(names)))
    }
    if let count = try reader.count("minProperties") {
      list.append(Assertion(keyword: "minProperties", rule: .memberCount(.atLeast, count)))
    }
    if let count = try reader.count("maxProperties") {
      list.append(Assertion(keyword: "maxProperties", rule: .memberCount(.atMost, count)))
    }
    if let dependencies = try reader.object("dependentRequired") {
      var rules: [(String, [String])] = []
      for (name, value) in dependencies {
        let names = value.array?.compactMap(\.string) ?? []
        guard names.count == value.array?.count else {
          throw reader.failure("dependentRequired", "an object of arrays of strings")
        }
        rules.append((name, names))
      }
      list.append(Assertion(keyword: "dependentRequired", rule: .dependentRequired(rules)))
    }
    if let rules = try members(reader, resource) {
      list.append(Assertion(keyword: "properties", rule: .members(rules)))
    }
    if let child = try single("propertyNames", reader, resource) {
      list.append(Assertion(keyword: "propertyNames", rule: .memberNames(child)))
    }
    if let schemas = try map("dependentSchemas", reader, resource) {
      list.append(Assertion(keyword: "dependentSchemas", rule: .dependentSchemas(schemas)))
    }
  }

  private mutating func members(_ reader: KeywordReader, _ resource: Int) throws(SchemaError)
    -> MemberRules?
  {
    var rules = MemberRules()
    var isEmpty = true
    for (name, child) in try map("properties", reader, resource) ?? [] {
      rules.named[name] = child
      isEmpty = false
    }
    for (text, child) in try map("patternProperties", reader, resource) ?? [] {
      let place = reader.place("patternProperties").appending(text)
      rules.matching.append((try pattern(text, reader, at: place), child))
      isEmpty = false
    }
    rules.additional = try single("additionalProperties", reader, resource)
    return isEmpty && rules.additional == nil ? nil : rules
  }

  private mutating func arrays(_ reader: KeywordReader, _ resource: Int, _ list: inout [Assertion])
    throws(SchemaError)
  {
    if let count = try reader.count("minItems") {
      list.append(Assertion(keyword: "minItems", rule: .elementCount(.atLeast, count)))
    }
    if let count = try reader.count("maxItems") {
      list.append(Assertion(keyword: "maxItems", rule: .elementCount(.atMost, count)))
    }
    if try reader.bool("uniqueItems") == true {
      list.append(Assertion(keyword: "uniqueItems", rule: .unique))
    }
    let prefix = try self.list("prefixItems", reader, resource) ?? []
    let rest = try single("items", reader, resource)
    if !prefix.isEmpty || rest != nil {
      list.append(Assertion(keyword: "items", rule: .elements(prefix: prefix, rest: rest)))
    }
    let atLeast = try reader.count("minContains") ?? 1
    let atMost = try reader.count("maxContains")
    if let child = try single("contains", reader, resource) {
      let rule = Rule.contains(child, atLeast: atLeast, atMost: atMost)
      list.append(Assertion(keyword: "contains", rule: rule))
    }
  }

  private mutating func references(
    _ reader: KeywordReader, _ resource: Int, _ list: inout [Assertion]
  ) throws(SchemaError) {
    if let text = try reader.string("$ref") {
      let target = try target(of: text, at: reader.place("$ref"), in: resource)
      list.append(Assertion(keyword: "$ref", rule: .reference(target.node)))
    }
    if let text = try reader.string("$dynamicRef") {
      let target = try target(of: text, at: reader.place("$dynamicRef"), in: resource)
      let rule: Rule =
        target.anchor.map { .dynamicReference(target.node, anchor: $0) } ?? .reference(target.node)
      list.append(Assertion(keyword: "$dynamicRef", rule: rule))
    }
  }

  private mutating func combinations(
    _ reader: KeywordReader, _ resource: Int, _ list: inout [Assertion]
  ) throws(SchemaError) {
    if let nodes = try self.list("allOf", reader, resource) {
      list.append(Assertion(keyword: "allOf", rule: .all(nodes)))
    }
    if let nodes = try self.list("anyOf", reader, resource) {
      list.append(Assertion(keyword: "anyOf", rule: .any(nodes)))
    }
    if let nodes = try self.list("oneOf", reader, resource) {
      list.append(Assertion(keyword: "oneOf", rule: .exactlyOne(nodes)))
    }
    if let child = try single("not", reader, resource) {
      list.append(Assertion(keyword: "not", rule: .not(child)))
    }
    let test = try single("if", reader, resource)
    let then = try single("then", reader, resource)
    let otherwise = try single("else", reader, resource)
    if let test {
      let rule = Rule.conditional(test, then: then, otherwise: otherwise)
      list.append(Assertion(keyword: "if", rule: rule))
    }
  }

  private mutating func single(_ keyword: String, _ reader: KeywordReader, _ resource: Int)
    throws(SchemaError) -> SchemaNode.ID?
  {
    guard reader.members[keyword] != nil else { return nil }
    return try node(at: reader.place(keyword), in: resource)
  }

  private mutating func list(_ keyword: String, _ reader: KeywordReader, _ resource: Int)
    throws(SchemaError) -> [SchemaNode.ID]?
  {
    guard let values = try reader.array(keyword) else { return nil }
    guard !values.isEmpty else { throw reader.failure(keyword, "an array of at least one schema") }
    var nodes: [SchemaNode.ID] = []
    for index in values.indices {
      nodes.append(try node(at: reader.place(keyword).appending(String(index)), in: resource))
    }
    return nodes
  }

  private mutating func map(_ keyword: String, _ reader: KeywordReader, _ resource: Int)
    throws(SchemaError) -> [(String, SchemaNode.ID)]?
  {
    guard let members = try reader.object(keyword) else { return nil }
    var nodes: [(String, SchemaNode.ID)] = []
    for (name, _) in members {
      nodes.append((name, try node(at: reader.place(keyword).appending(name), in: resource)))
    }
    return nodes
  }
}
