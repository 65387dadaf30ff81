extension SubsetProver {
  /// How often a premise is split on the way to one demand.
  private static let splitLimit = 5

  /// Whether a demand follows from a premise.
  mutating func follows(_ part: Conjunction.Part, _ context: Context) -> Bool {
    guard mayGoOn() else { return false }
    if context.given.isEmpty { return true }
    return followsDirectly(part, context) || followsByCases(part, context)
  }

  /// Whether a demand follows from each of the cases that make up a premise.
  private mutating func followsByCases(_ part: Conjunction.Part, _ context: Context) -> Bool {
    guard context.splits < SubsetProver.splitLimit else { return false }
    let types = context.given.types ?? Conjunction.allTypes
    if part.hasCases, types.count > 1 {
      let isProven = types.sorted().allSatisfy { type in
        var premise = context.premise
        premise.types = [type]
        return followsInCase(part, premise, context)
      }
      if isProven { return true }
    }
    for demand in context.given.others {
      guard let cases = demand.rule.cases(beside: context.premise.nodes) else { continue }
      let isProven = cases.allSatisfy { nodes in
        var premise = context.premise
        premise.nodes.formUnion(nodes)
        return followsInCase(part, premise, context)
      }
      if isProven { return true }
    }
    return false
  }

  private mutating func followsInCase(
    _ part: Conjunction.Part, _ premise: Premise, _ context: Context
  ) -> Bool {
    follows(part, self.context(context.side, premise, splits: context.splits + 1))
  }
}

extension Conjunction.Part {
  /// Whether it may follow from each type by itself though not from all together.
  fileprivate var hasCases: Bool {
    guard case .other(let demand) = self else { return false }
    switch demand.rule {
    case .any, .exactlyOne, .not, .conditional: return true
    default: return false
    }
  }
}

extension Rule {
  /// The cases of which one holds for each value, as schemas that then match; nil where there are
  /// none, or one of them is assumed already.
  fileprivate func cases(beside assumed: Set<SchemaNode.ID>) -> [[SchemaNode.ID]]? {
    let cases: [[SchemaNode.ID]]
    switch self {
    case .any(let nodes), .exactlyOne(let nodes): cases = nodes.map { [$0] }
    case .conditional(let test, let then, let otherwise?):
      cases = [[test] + [then].compactMap { $0 }, [otherwise]]
    default: return nil
    }
    return cases.contains { assumed.isSuperset(of: $0) } ? nil : cases
  }
}
