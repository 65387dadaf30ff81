import JSON

extension SchemaCompiler {
  /// Compiles a keyword, or the group of keywords under its name, that applies other schemas.
  mutating func applicator(_ group: String, _ reader: KeywordReader, _ id: SchemaNode.ID)
    throws(SchemaProblem)
  {
    switch group {
    case "properties": try members(reader, id)
    case "propertyNames":
      if let child = try one(group, reader) { add(group, .memberNames(child), to: id) }
    case "dependencies": try dependencies(reader, id)
    case "dependentSchemas":
      if let schemas = try map(group, reader) { add(group, .dependentSchemas(schemas), to: id) }
    case "items": try elements(reader, id)
    case "contains":
      let atLeast = try reader.count("minContains") ?? 1
      let atMost = try reader.count("maxContains")
      guard let child = try one("contains", reader) else { return }
      add(group, .contains(child, atLeast: atLeast, atMost: atMost), to: id)
    case "$ref", "$recursiveRef", "$dynamicRef": try reference(group, reader, id)
    case "allOf": if let nodes = try list(group, reader) { add(group, .all(nodes), to: id) }
    case "anyOf": if let nodes = try list(group, reader) { add(group, .any(nodes), to: id) }
    case "oneOf": if let nodes = try list(group, reader) { add(group, .exactlyOne(nodes), to: id) }
    case "not": if let child = try one(group, reader) { add(group, .not(child), to: id) }
    case "if":
      let then = try one("then", reader)
      let otherwise = try one("else", reader)
      guard let test = try one("if", reader) else { return }
      add(group, .conditional(test, then: then, otherwise: otherwise), to: id)
    case "$defs", "definitions": _ = try map(group, reader)
    case "unevaluatedItems":
      guard let child = try one(group, reader) else { return }
      program.tracksEvaluated = true
      add(group, .unevaluatedElements(child), to: id)
    case "unevaluatedProperties":
      guard let child = try one(group, reader) else { return }
      program.tracksEvaluated = true
      add(group, .unevaluatedMembers(child), to: id)
    default: break
    }
  }

  private mutating func members(_ reader: KeywordReader, _ id: SchemaNode.ID) throws(SchemaProblem)
  {
    var rules = MemberRules()
    for (name, child) in try map("properties", reader) ?? [] { rules.named[name] = child }
    for (text, child) in try map("patternProperties", reader) ?? [] {
      guard let pattern = pattern(text, reader, "patternProperties", at: text) else { continue }
      rules.matching.append((pattern, child))
    }
    rules.additional = try one("additionalProperties", reader)
    add("properties", .members(rules), to: id)
  }

  /// `dependencies` is two keywords in one: arrays of names and schemas.
  private mutating func dependencies(_ reader: KeywordReader, _ id: SchemaNode.ID)
    throws(SchemaProblem)
  {
    var required: [(String, [String])] = []
    var schemas: [(String, SchemaNode.ID)] = []
    for (name, value) in try reader.object("dependencies") ?? [] {
      if value.array != nil {
        required.append((name, try names(value, "dependencies", name, reader)))
      } else if let site = index.child("dependencies", of: reader.site),
        let child = node(name, of: site)
      {
        schemas.append((name, child))
      }
    }
    if !required.isEmpty { add("dependencies", .dependentRequired(required), to: id) }
    if !schemas.isEmpty { add("dependencies", .dependentSchemas(schemas), to: id) }
  }

  private mutating func elements(_ reader: KeywordReader, _ id: SchemaNode.ID)
    throws(SchemaProblem)
  {
    var prefix: [SchemaNode.ID] = []
    var rest: SchemaNode.ID?
    if reader.draft >= .draft202012 {
      prefix = try list("prefixItems", reader) ?? []
      rest = try one("items", reader)
    } else if reader["items"]?.array != nil {
      prefix = try list("items", reader, mayBeEmpty: true) ?? []
      rest = try one("additionalItems", reader)
    } else {
      rest = try one("items", reader)
      // Means nothing beside a single schema, but must be a schema all the same.
      _ = try one("additionalItems", reader)
    }
    if !prefix.isEmpty || rest != nil {
      add("items", .elements(prefix: prefix, rest: rest), to: id)
    }
  }

  private mutating func reference(_ keyword: String, _ reader: KeywordReader, _ id: SchemaNode.ID)
    throws(SchemaProblem)
  {
    guard let text = try reader.string(keyword) else { return }
    let place = reader.place.appending(keyword)
    if keyword == "$recursiveRef", text != "#" { throw reader.problem(keyword, "\"#\"") }
    let target = try index.target(of: text, keyword, at: place, in: reader.resource)
    let node = node(at: target.site)
    var anchor = keyword == "$dynamicRef" ? target.dynamicAnchor : nil
    if keyword == "$recursiveRef" {
      let own = index.resources[reader.resource].dynamicAnchors
      anchor = own[SchemaIndex.recursiveAnchor] == nil ? nil : SchemaIndex.recursiveAnchor
    }
    if anchor != nil { program.hasDynamicReferences = true }
    add(keyword, anchor.map { .dynamicReference(node, anchor: $0) } ?? .reference(node), to: id)
  }

  /// The node of the schema at a step below a site.
  private mutating func node(_ step: String, of site: SchemaIndex.SiteID) -> SchemaNode.ID? {
    guard let child = index.child(step, of: site) else { return nil }
    index.readOnDemand(child)
    return node(at: child)
  }

  /// The node of a keyword whose value is a schema.
  mutating func one(_ keyword: String, _ reader: KeywordReader) throws(SchemaProblem)
    -> SchemaNode.ID?
  {
    reader[keyword] == nil ? nil : node(keyword, of: reader.site)
  }

  private mutating func list(
    _ keyword: String, _ reader: KeywordReader, mayBeEmpty: Bool = false
  ) throws(SchemaProblem) -> [SchemaNode.ID]? {
    guard let values = try reader.array(keyword) else { return nil }
    guard mayBeEmpty || !values.isEmpty else {
      throw reader.problem(keyword, "an array of at least one schema")
    }
    guard let site = index.child(keyword, of: reader.site) else { return nil }
    return values.indices.compactMap { node(String($0), of: site) }
  }

  private mutating func map(_ keyword: String, _ reader: KeywordReader) throws(SchemaProblem)
    -> [(String, SchemaNode.ID)]?
  {
    guard let members = try reader.object(keyword) else { return nil }
    guard let site = index.child(keyword, of: reader.site) else { return nil }
    var nodes: [(String, SchemaNode.ID)] = []
    for (name, _) in members {
      if let child = node(name, of: site) { nodes.append((name, child)) }
    }
    return nodes
  }
}
