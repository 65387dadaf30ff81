import JSON

extension SubsetProver {
  mutating func followsOfObjects(_ rule: Rule, _ context: Context) -> Bool {
    let given = context.given
    let rules = given.memberRules
    switch rule {
    case .members(let wanted): return followsOfMembers(wanted, rules, context.side)
    case .memberNames(let wanted):
      for case .memberNames(let own) in given.others.map(\.rule)
      where provesPart(context.side, [own], wanted) { return true }
      // Where only listed names may be there, each can be tried.
      guard
        let closed = rules.first(where: { $0.matching.isEmpty && isNever($0.additional, context) })
      else { return false }
      return closed.named.keys.allSatisfy {
        admits(context.side.other, [wanted], .string($0)) == true
      }
    case .dependentRequired(let wanted):
      return wanted.allSatisfy { name, needed in
        needed.allSatisfy { isRequired($0, beside: name, given) }
      }
    case .dependentSchemas(let wanted):
      return wanted.allSatisfy { name, conclusion in
        var premise = context.premise
        for case .dependentSchemas(let own) in given.others.map(\.rule) {
          premise.nodes.formUnion(own.filter { ExactName($0.0) == ExactName(name) }.map(\.1))
        }
        return proves(context.side, premise, conclusion)
      }
    default: return false
    }
  }

  private func isNever(_ node: SchemaNode.ID?, _ context: Context) -> Bool {
    node.map { Conjunction($0, of: program(context.side)).isEmpty } ?? false
  }

  private func isRequired(_ needed: String, beside name: String, _ given: Conjunction) -> Bool {
    let (needed, name) = (ExactName(needed), ExactName(name))
    if needed == name || given.required.contains(needed) { return true }
    return given.has { rule in
      guard case .dependentRequired(let own) = rule else { return false }
      return own.contains { entry in
        ExactName(entry.0) == name && entry.1.contains { ExactName($0) == needed }
      }
    }
  }

  mutating func followsOfArrays(_ rule: Rule, _ context: Context) -> Bool {
    let given = context.given
    let most = given.counts["maxItems"] ?? .max
    switch rule {
    case .elements(let prefix, let rest):
      for (index, wanted) in prefix.enumerated() where index < most {
        guard provesPart(context.side, given.elementNodes(at: index), wanted) else { return false }
      }
      guard let rest, most > prefix.count else { return true }
      let end = max(prefix.count, given.elementPrefix)
      return (prefix.count...end).allSatisfy { index in
        index >= most || provesPart(context.side, given.elementNodes(at: index), rest)
      }
    case .contains(let wanted, let least, let bound):
      return followsAtLeast(least, wanted, context)
        && (bound.map { followsAtMost($0, wanted, most, context) } ?? true)
    case .unique: return most <= 1 || given.has { if case .unique = $0 { true } else { false } }
    default: return false
    }
  }

  private mutating func followsAtLeast(_ least: Int, _ wanted: SchemaNode.ID, _ context: Context)
    -> Bool
  {
    guard least > 0 else { return true }
    for case .contains(let own, let atLeast, _) in context.given.others.map(\.rule)
    where atLeast >= least && provesPart(context.side, [own], wanted) { return true }
    guard context.given.counts["minItems"] ?? 0 >= least else { return false }
    return (0...context.given.elementPrefix).allSatisfy {
      provesPart(context.side, context.given.elementNodes(at: $0), wanted)
    }
  }

  private mutating func followsAtMost(
    _ bound: Int, _ wanted: SchemaNode.ID, _ most: Int, _ context: Context
  ) -> Bool {
    if most <= bound { return true }
    for case .contains(let own, _, let atMost?) in context.given.others.map(\.rule)
    where atMost <= bound && provesPart(context.side.other, [wanted], own) { return true }
    return false
  }
}
