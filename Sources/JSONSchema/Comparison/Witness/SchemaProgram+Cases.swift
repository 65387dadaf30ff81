extension SchemaProgram {
  /// How many schemas are gathered at most.
  private static let inPlaceLimit = 600
  private static let caseLimit = 48

  /// The schemas that say something of the same value as some others: these, and those that they
  /// refer to, combine, choose between or exclude.
  func inPlace(_ roots: Set<SchemaNode.ID>) -> [SchemaNode.ID] {
    var nodes: [SchemaNode.ID] = []
    var seen = roots
    var open = roots.sorted()
    while !open.isEmpty, nodes.count < SchemaProgram.inPlaceLimit {
      let next = open.removeFirst()
      nodes.append(next)
      for child in self.nodes[next].inPlace + self.nodes[next].dynamic
      where seen.insert(child).inserted {
        open.append(child)
      }
    }
    return nodes
  }

  /// For each way to match some schemas the schemas that then match, as far as alternatives and
  /// conditions tell.
  func cases(_ roots: Set<SchemaNode.ID>) -> [[SchemaNode.ID]] {
    var cases: [[SchemaNode.ID]] = []
    var work: [(taken: [SchemaNode.ID], open: [SchemaNode.ID])] = [([], roots.sorted())]
    var steps = 0
    while var current = work.popLast(), cases.count < SchemaProgram.caseLimit,
      steps < 20 * SchemaProgram.caseLimit
    {
      steps += 1
      guard let next = current.open.popLast() else {
        cases.append(current.taken)
        continue
      }
      if current.taken.contains(next) {
        work.append(current)
        continue
      }
      current.taken.append(next)
      current.open += nodes[next].dynamic
      var variants = [current.open]
      for assertion in nodes[next].assertions {
        let choices = assertion.rule.choices
        guard !choices.isEmpty, variants.count * choices.count <= SchemaProgram.caseLimit else {
          continue
        }
        variants = variants.flatMap { open in choices.map { open + $0 } }
      }
      work += variants.reversed().map { (current.taken, $0) }
    }
    return cases
  }
}

extension SchemaNode {
  /// What its dynamic references mean unless something further out says otherwise.
  fileprivate var dynamic: [SchemaNode.ID] {
    assertions.compactMap {
      if case .dynamicReference(let target, _) = $0.rule { target } else { nil }
    }
  }
}

extension Rule {
  /// The ways to match it, as schemas of the same value that then match too.
  fileprivate var choices: [[SchemaNode.ID]] {
    switch self {
    case .reference(let node): [[node]]
    case .all(let nodes): [nodes]
    case .any(let nodes), .exactlyOne(let nodes): nodes.map { [$0] }
    case .conditional(let test, let then, let otherwise):
      [[otherwise].compactMap { $0 }, [test] + [then].compactMap { $0 }]
    case .dependentSchemas(let list): [[], list.map(\.1)]
    default: []
    }
  }
}
