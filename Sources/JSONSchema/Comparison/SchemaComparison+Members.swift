import JSON

extension SchemaComparison {
  /// Compares `properties`, `patternProperties` and `additionalProperties` name by name: what holds
  /// for a name that only one side lists is on the other side what holds for all other names.
  mutating func compareMembers(
    _ x: MemberRules, _ y: MemberRules, _ a: SchemaNode.ID, _ b: SchemaNode.ID
  ) -> ChangeEffect {
    let before = Dictionary(x.matching.map { ($0.0.source, $0.1) }) { first, _ in first }
    let after = Dictionary(y.matching.map { ($0.0.source, $0.1) }) { first, _ in first }
    let isOpen = [x.additional, y.additional].allSatisfy { $0 == nil }
    guard isOpen || Set(before.keys) == Set(after.keys) else {
      return note(.unknown, "patternProperties with other patterns", b)
    }
    var effect = compareMaps(before, after, a, b, "members matching")
    for name in Set(x.named.keys).union(y.named.keys).sorted() {
      // A name that a pattern matches is not one of the other names.
      let matches = x.matching.map { $0.0.search(name) }
      guard !matches.contains(.tooCostly) else {
        effect.join(note(.unknown, "member \(Phrase.quoted(name))", b))
        continue
      }
      let isMatched = matches.contains(.found)
      let old = x.named[name] ?? (isMatched ? nil : x.additional)
      let new = y.named[name] ?? (isMatched ? nil : y.additional)
      effect.join(compareOptional(old, new, "member \(Phrase.quoted(name))", a, b))
    }
    effect.join(compareOptional(x.additional, y.additional, "other members", a, b))
    return effect
  }

  /// Compares schemas that each hold for some of the values, by name.
  mutating func compareMaps(
    _ x: [String: SchemaNode.ID], _ y: [String: SchemaNode.ID], _ a: SchemaNode.ID,
    _ b: SchemaNode.ID, _ what: String
  ) -> ChangeEffect {
    var effect = ChangeEffect.none
    for name in Set(x.keys).union(y.keys).sorted() {
      effect.join(compareOptional(x[name], y[name], "\(what) \(Phrase.quoted(name))", a, b))
    }
    return effect
  }

  /// Compares two schemas of which none at all admits everything.
  mutating func compareOptional(
    _ x: SchemaNode.ID?, _ y: SchemaNode.ID?, _ what: String, _ a: SchemaNode.ID,
    _ b: SchemaNode.ID
  ) -> ChangeEffect {
    switch (x, y) {
    case (nil, nil): return .none
    case (let x?, let y?): return compare(x, y)
    case (nil, let y?):
      let demands = Conjunction(y, of: new)
      return note(
        demands.isAlways ? .none : .tightened,
        demands.isNever ? "\(what): no longer allowed" : "\(what): new demands", y,
        cause: Cause(demands.nodes, []))
    case (let x?, nil):
      let demands = Conjunction(x, of: old)
      return note(
        demands.isAlways ? .none : .loosened,
        demands.isNever ? "\(what): no longer forbidden" : "\(what): no more demands", x,
        isRemoved: true)
    }
  }
}

extension Rule {
  /// The nodes that it applies, in an order that depends on the schema's text alone.
  var children: [SchemaNode.ID] {
    switch self {
    case .members(let rules):
      rules.named.sorted { $0.key < $1.key }.map(\.value) + rules.matching.map(\.1)
        + [rules.additional].compactMap { $0 }
    case .memberNames(let node), .reference(let node), .dynamicReference(let node, _),
      .not(let node), .contains(let node, _, _), .unevaluatedMembers(let node),
      .unevaluatedElements(let node):
      [node]
    case .dependentSchemas(let list): list.map(\.1)
    case .elements(let prefix, let rest): prefix + [rest].compactMap { $0 }
    case .all(let nodes), .any(let nodes), .exactlyOne(let nodes): nodes
    case .conditional(let test, let then, let otherwise):
      [test, then, otherwise].compactMap { $0 }
    case .content(let content): [content.schema].compactMap { $0 }
    case .type, .typeAsWritten, .oneOfValues, .constant, .length, .pattern, .format, .limit,
      .multiple, .memberCount, .required, .dependentRequired, .elementCount, .unique:
      []
    }
  }
}
