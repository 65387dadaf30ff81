import JSON

/// Looks for reasons why nothing can match some schemas, in members and elements too, with bounded work.
struct EmptinessSearch {
  private let program: SchemaProgram
  /// How many schemas may still be gathered.
  private var budget = 200_000

  /// How deep members and elements are looked at.
  private static let depthLimit = 4

  init(_ program: SchemaProgram) { self.program = program }

  /// Whether there is patience for more.
  var mayGoOn: Bool { budget > 0 }

  /// Everything that schemas demand at once.
  mutating func gather(_ nodes: [SchemaNode.ID]) -> Conjunction {
    let demands = Conjunction(nodes, of: program)
    budget -= demands.nodes.count + 1
    return demands
  }

  /// nil where no reason is found.
  mutating func reason(_ demands: Conjunction, depth: Int = 0) -> Emptiness? {
    if let reason = Emptiness(demands) { return reason }
    guard depth < EmptinessSearch.depthLimit else { return nil }
    return ofObjects(demands, depth) ?? ofArrays(demands, depth)
  }

  mutating func isEmpty(_ nodes: [SchemaNode.ID], depth: Int = 0) -> Bool {
    mayGoOn && reason(gather(nodes), depth: depth) != nil
  }

  private mutating func ofObjects(_ demands: Conjunction, _ depth: Int) -> Emptiness? {
    let rules = demands.memberRules
    guard !rules.isEmpty else { return nil }
    for name in demands.required.sorted() {
      guard let nodes = rules.nodes(for: name.text), !nodes.isEmpty,
        isEmpty(nodes, depth: depth + 1)
      else { continue }
      return Emptiness(
        ["required", "properties"] + Emptiness.applicators,
        "required has \(Phrase.quoted(name.text)), which can have no value",
        demands.scope("object"))
    }
    return nil
  }

  private mutating func ofArrays(_ demands: Conjunction, _ depth: Int) -> Emptiness? {
    let scope = demands.scope("array")
    // How many elements there may be before one that can have no value.
    var most = demands.counts["maxItems"] ?? .max
    for index in 0...demands.elementPrefix
    where index < most && isEmpty(demands.elementNodes(at: index), depth: depth + 1) {
      most = index
    }
    if let least = demands.counts["minItems"], least > most {
      return Emptiness(
        ["minItems", "items", "prefixItems"] + Emptiness.applicators,
        "minItems is \(least), but there is room for \(Phrase.count(most, "element"))", scope)
    }
    for case .contains(let node, let least, _) in demands.others.map(\.rule) where least > 0 {
      let keywords = ["contains"] + Emptiness.applicators
      guard least <= most else {
        return Emptiness(
          ["minContains"] + keywords,
          "contains asks for \(Phrase.count(least, "element")), but there is room for \(most)",
          scope)
      }
      var isNowhere = true
      for index in 0...min(demands.elementPrefix, most) where isNowhere {
        isNowhere = isEmpty([node] + demands.elementNodes(at: index), depth: depth + 1)
      }
      if isNowhere {
        return Emptiness(keywords, "no element can be what contains asks for", scope)
      }
    }
    return nil
  }
}
