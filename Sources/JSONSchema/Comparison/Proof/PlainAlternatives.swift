import JSON

/// What `anyOf` and `oneOf` say where each alternative speaks of nothing but types, or of nothing but
/// values: the same as one `type`, or one `enum`.
enum PlainAlternatives {
  case types(Set<String>)
  case values([JSONValue])

  /// How many alternatives are looked through, and how deep inside each other.
  private static let limit = 64
  private static let depthLimit = 2

  /// nil where an alternative says more, or where they cannot be told apart as `oneOf` demands.
  init?(_ rule: Rule, of program: SchemaProgram, depth: Int) {
    let (nodes, isExclusive): ([SchemaNode.ID], Bool)
    switch rule {
    case .any(let list): (nodes, isExclusive) = (list, false)
    case .exactlyOne(let list): (nodes, isExclusive) = (list, true)
    default: return nil
    }
    guard depth < Self.depthLimit, nodes.count <= Self.limit else { return nil }
    var types: Set<String> = []
    var values: [JSONValue] = []
    var hasTypes = false
    var hasValues = false
    for node in nodes {
      let part = Conjunction([node], of: program, depth: depth + 1)
      guard part.demandsNothingElse else { return nil }
      switch (part.types, part.admittedValues) {
      case (let more?, nil):
        hasTypes = true
        guard !isExclusive || types.isDisjoint(with: more) else { return nil }
        types.formUnion(more)
      case (_, let more?):
        hasValues = true
        guard !isExclusive || Set(values).isDisjoint(with: more) else { return nil }
        values += more
      case (nil, nil): return nil
      }
    }
    guard hasTypes != hasValues else { return nil }
    self = hasTypes ? .types(types) : .values(values)
  }
}
