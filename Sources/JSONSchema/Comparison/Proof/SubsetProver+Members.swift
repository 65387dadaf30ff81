extension SubsetProver {
  /// Whether rules on members follow from other ones: for each name that either lists, for names that
  /// match a pattern, and for all others.
  mutating func followsOfMembers(_ wanted: MemberRules, _ given: [MemberRules], _ side: Side)
    -> Bool
  {
    var names = Set(wanted.named.keys.map(ExactName.init))
    for rules in given { names.formUnion(rules.named.keys.map(ExactName.init)) }
    for name in names.sorted() {
      guard let goals = wanted.nodes(for: name.text) else { return false }
      guard !goals.isEmpty else { continue }
      guard let premise = given.nodes(for: name.text),
        goals.allSatisfy({ provesPart(side, premise, $0) })
      else { return false }
    }
    for (pattern, goal) in wanted.matching {
      guard follows(goal, forNames: [pattern.source], given, side) else { return false }
    }
    guard let rest = wanted.additional else { return true }
    // Such names match none of the wanted patterns, so none of the same ones that are given.
    return follows(
      rest, forNames: [], excluding: Set(wanted.matching.map(\.0.source)), given, side)
  }

  /// Whether a schema follows for the members of names that nobody lists.
  ///
  /// - Parameters:
  ///   - matching: patterns that the names match.
  ///   - excluding: patterns that the names do not match.
  private mutating func follows(
    _ goal: SchemaNode.ID, forNames matching: Set<String>, excluding: Set<String> = [],
    _ given: [MemberRules], _ side: Side
  ) -> Bool {
    // Sets of schemas of which one holds for each such name.
    var cases: [[SchemaNode.ID]] = [[]]
    for rules in given {
      let sure = rules.matching.filter { matching.contains($0.0.source) }.map(\.1)
      let open = rules.matching.filter {
        !matching.contains($0.0.source) && !excluding.contains($0.0.source)
      }
      var own = [sure.isEmpty ? [rules.additional].compactMap { $0 } : sure]
      own += open.map { sure + [$0.1] }
      // More cases than these are left out of the premise, which only makes it weaker.
      guard cases.count * own.count <= 64 else { continue }
      cases = cases.flatMap { known in own.map { known + $0 } }
    }
    return cases.allSatisfy { provesPart(side, $0, goal) }
  }
}
