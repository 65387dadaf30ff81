import JSON

extension Conjunction {
  /// One kind of demand.
  enum Part {
    case never
    case types(Set<String>)
    case count(key: String, Int)
    case end(NumberEnd)
    case required(ExactName)
    case values([JSONValue])
    case other(Demand)
  }

  /// All demands, one by one.
  var parts: [Part] {
    var parts: [Part] = isNever ? [.never] : []
    if let types { parts.append(.types(types)) }
    if let values { parts.append(.values(values)) }
    parts += counts.sorted { $0.key < $1.key }.map { .count(key: $0.key, $0.value) }
    parts += [lower, upper].compactMap { $0.map(Part.end) }
    parts += required.sorted().map(Part.required)
    return parts + others.map(Part.other)
  }

  /// Whether it is certain that nothing is valid.
  var isEmpty: Bool {
    isNever || types?.isEmpty == true || admittedValues?.isEmpty == true
  }

  func mayBe(_ type: String) -> Bool { types?.contains(type) ?? true }

  var mayBeNumber: Bool { mayBe("integer") || mayBe("fraction") }

  /// All values that may be valid, where they can be listed.
  var finiteValues: [JSONValue]? {
    if let values = admittedValues { return values }
    guard let types, types.isSubset(of: ["null", "boolean", "integer"]) else { return nil }
    var values: [JSONValue] = types.contains("null") ? [.null] : []
    if types.contains("boolean") { values += [false, true] }
    if types.contains("integer") {
      guard let least = lower?.whole, let most = upper?.whole, most - least < 256 else {
        return nil
      }
      values += (min(least, most + 1)..<(most + 1)).map { .integer($0) }
    }
    return values
  }

  /// The rules on members, of each schema that has some.
  var memberRules: [MemberRules] {
    others.compactMap { if case .members(let rules) = $0.rule { rules } else { nil } }
  }

  /// The schemas that hold for an element at an index.
  func elementNodes(at index: Int) -> [SchemaNode.ID] {
    others.compactMap { demand in
      guard case .elements(let prefix, let rest) = demand.rule else { return nil }
      return index < prefix.count ? prefix[index] : rest
    }
  }

  /// From which index on all elements have the same schemas.
  var elementPrefix: Int {
    others.reduce(0) { longest, demand in
      if case .elements(let prefix, _) = demand.rule { max(longest, prefix.count) } else { longest }
    }
  }
}

extension MemberRules {
  /// The schemas that hold for a member of a name; nil where a pattern cannot be decided for it.
  func nodes(for name: String) -> [SchemaNode.ID]? {
    var nodes: [SchemaNode.ID] = []
    if let node = named.exactly(name) { nodes.append(node) }
    for (pattern, node) in matching {
      switch pattern.search(name) {
      case .found: nodes.append(node)
      case .absent: continue
      case .tooCostly: return nil
      }
    }
    return nodes.isEmpty ? [additional].compactMap { $0 } : nodes
  }
}

extension [MemberRules] {
  func nodes(for name: String) -> [SchemaNode.ID]? {
    var nodes: [SchemaNode.ID] = []
    for rules in self {
      guard let more = rules.nodes(for: name) else { return nil }
      nodes += more
    }
    return nodes
  }
}
