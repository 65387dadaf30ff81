extension SubsetProver {
  mutating func followsOfBranches(_ rule: Rule, _ context: Context) -> Bool {
    switch rule {
    case .any(let nodes): return nodes.contains { proves($0, context) }
    case .exactlyOne(let nodes): return followsOfExactlyOne(nodes, context)
    case .not(let node):
      if isDisjoint(context, node) { return true }
      for case .not(let own) in context.given.others.map(\.rule)
      where proves(context.side.other, Premise(nodes: [node]), own) { return true }
      return false
    case .conditional(let test, let then, let otherwise):
      if followsOfSameTest(test, then, otherwise, context) { return true }
      return (isDisjoint(context, test) || then.map { proves($0, context) } ?? true)
        && (otherwise.map { proves($0, context) } ?? true || proves(test, context))
    default: return false
    }
  }

  private mutating func proves(_ conclusion: SchemaNode.ID, _ context: Context) -> Bool {
    proves(context.side, context.premise, conclusion)
  }

  private mutating func followsOfExactlyOne(_ nodes: [SchemaNode.ID], _ context: Context) -> Bool {
    for (index, node) in nodes.enumerated() where proves(node, context) {
      let isAlone = nodes.indices.allSatisfy { $0 == index || isDisjoint(context, nodes[$0]) }
      if isAlone { return true }
    }
    for case .exactlyOne(let own) in context.given.others.map(\.rule)
    where own.count == nodes.count {
      let isSame = zip(own, nodes).allSatisfy { isEquivalent($0, $1, context.side) }
      if isSame { return true }
    }
    return false
  }

  private mutating func isEquivalent(_ own: SchemaNode.ID, _ other: SchemaNode.ID, _ side: Side)
    -> Bool
  {
    proves(side, Premise(nodes: [own]), other) && proves(side.other, Premise(nodes: [other]), own)
  }

  /// Whether a conditional follows from one that asks the same.
  private mutating func followsOfSameTest(
    _ test: SchemaNode.ID, _ then: SchemaNode.ID?, _ otherwise: SchemaNode.ID?, _ context: Context
  ) -> Bool {
    for case .conditional(let own, let ownThen, let ownElse) in context.given.others.map(\.rule)
    where isEquivalent(own, test, context.side) {
      var met = context.premise
      met.nodes.formUnion([own] + [ownThen].compactMap { $0 })
      var unmet = context.premise
      unmet.nodes.formUnion([ownElse].compactMap { $0 })
      let isProven =
        (then.map { proves(context.side, met, $0) } ?? true)
        && (otherwise.map { proves(context.side, unmet, $0) } ?? true)
      if isProven { return true }
    }
    return false
  }

  /// Whether no value matches both a premise and a schema of the other program.
  mutating func isDisjoint(_ context: Context, _ node: SchemaNode.ID) -> Bool {
    isDisjoint(context, [node], depth: 0)
  }

  private mutating func isDisjoint(_ context: Context, _ nodes: [SchemaNode.ID], depth: Int)
    -> Bool
  {
    guard mayGoOn(), depth < 8 else { return false }
    let (given, other) = (context.given, Conjunction(nodes, of: program(context.side.other)))
    if given.isEmpty || other.isEmpty { return true }
    let (types, otherTypes) = (
      given.types ?? Conjunction.allTypes, other.types ?? Conjunction.allTypes
    )
    if types.isDisjoint(with: otherTypes) { return true }
    if !readsSpelling, let values = given.admittedValues, values.count <= 256 {
      return values.allSatisfy { admits(context.side.other, Set(nodes), $0) == false }
    }
    if !readsSpelling, let values = other.admittedValues, values.count <= 256 {
      return values.allSatisfy {
        !types.contains(Conjunction.typeName($0))
          || admits(context.side, context.premise.nodes, $0) == false
      }
    }
    // A member that tells objects apart has to be there.
    guard types == ["object"] || otherTypes == ["object"] else { return false }
    let (rules, otherRules) = (given.memberRules, other.memberRules)
    return given.required.union(other.required).sorted().contains { name in
      guard let own = rules.nodes(for: name.text), let others = otherRules.nodes(for: name.text)
      else { return false }
      let member = self.context(context.side, Premise(nodes: Set(own)))
      return isDisjoint(member, others, depth: depth + 1)
    }
  }
}
