import JSON

/// A branch of `anyOf` or `oneOf` that did not match, and why.
struct Branch {
  let index: Int
  let violations: [SchemaViolation]

  /// How near a value came to it: the deeper the first thing that is wrong, the nearer; then the
  /// fewer constants that differ (a tag that tells branches apart); then the fewer violations.
  fileprivate var nearness: (Int, Int, Int) {
    let depth = violations.map(\.instance.tokens.count).max() ?? 0
    let tags = violations.count { ["const", "enum", "type", "false"].contains($0.keyword) }
    return (depth, -tags, -violations.count)
  }

  /// The one that a value came nearest to, the first of several; nil where there are none.
  static func nearest(_ branches: [Branch]) -> Branch? {
    var best: Branch?
    for branch in branches where best.map({ branch.nearness > $0.nearness }) ?? true {
      best = branch
    }
    return best
  }

  /// What all branches together want, where each wants one thing of the value itself and all name
  /// it by the same keyword: `expected an integer or null, found "x" (a string)`.
  static func summary(_ branches: [Branch], of instance: JSONPointer) -> String? {
    let violations = branches.compactMap { $0.violations.count == 1 ? $0.violations[0] : nil }
    guard let first = violations.first, violations.count == branches.count, branches.count > 1,
      ["type", "const", "enum"].contains(first.keyword),
      violations.allSatisfy({
        $0.keyword == first.keyword && $0.instance == instance && $0.condition == nil
      })
    else { return nil }
    var wanted: [String] = []
    for violation in violations where !wanted.contains(violation.expected) {
      wanted.append(violation.expected)
    }
    guard wanted.count <= 8 else { return nil }
    return "expected \(wanted.joined(separator: " or ")), found \(first.found)"
  }
}

extension NearestBranch {
  /// Such as `nearest is branch 2 (/$defs/number): expected a number, found "x" (a string)`.
  ///
  /// - Parameter instance: Where the value is; causes at other places name theirs.
  fileprivate func phrase(at instance: JSONPointer) -> String {
    // Cut, because each of them may name a branch in turn.
    let shown = violations.prefix(3).map {
      Phrase.shortened($0.instance == instance ? $0.reason : $0.description, to: 200)
    }.joined(separator: "; ")
    let more = violations.count > 3 ? "; … (\(violations.count) in all)" : ""
    return "nearest is branch \(index + 1) (\(place)): \(shown)\(more)"
  }
}

extension Evaluator {
  mutating func checkAlternatives(
    _ assertion: Assertion, of node: SchemaNode, _ nodes: [SchemaNode.ID], isExclusive: Bool,
    _ value: JSONValue, _ evaluated: inout Evaluated
  ) -> Bool {
    var count = 0
    var matching: [Int] = []
    var failed: [Branch] = []
    for (index, child) in nodes.enumerated() {
      var outer: [SchemaViolation] = []
      swap(&outer, &violations)
      let outerMode = openBranch()
      let isValid = adjoin(child, from: node, value, &evaluated)
      let isDescribed = mode == .violations
      closeBranch(outerMode)
      if isValid {
        count += 1
        if mode != .verdict { matching.append(index) }
      } else if isDescribed {
        failed.append(Branch(index: index, violations: violations))
      }
      violations = outer
      if isExclusive ? count > 1 && mode == .verdict : count > 0 && canStopAtFirst { break }
    }
    if isExclusive ? count == 1 : count > 0 { return true }
    guard mode != .verdict else { return false }
    let keyword = assertion.keyword
    let branches = "\(Phrase.count(nodes.count, "branch")) of \(keyword)"
    let expected = "\(isExclusive ? "exactly" : "at least") one of \(branches) to match"
    guard matching.isEmpty else {
      let list = Phrase.list(matching.map { String($0 + 1) })
      return report(node, [keyword], keyword, expected, "that \(matching.count) match (\(list))") {
        $0.statement =
          "matches \(matching.count) of \(branches) (branches \(list)), but must match exactly one"
      }
    }
    let nearest = Branch.nearest(failed).map {
      NearestBranch(
        index: $0.index, place: placeText(of: nodes[$0.index]), violations: $0.violations)
    }
    return report(node, [keyword], keyword, expected, Phrase.value(value)) { violation in
      violation.nearest = nearest
      violation.statement = "matches none of \(branches)"
      if failed.count == nodes.count,
        let summary = Branch.summary(failed, of: violation.instance)
      {
        violation.statement? += ": \(summary)"
      } else if let nearest {
        violation.statement? += "; \(nearest.phrase(at: violation.instance))"
      }
    }
  }

  /// Where a schema is; of one that is nothing but a reference, where that leads.
  private func placeText(of id: SchemaNode.ID) -> String {
    var node = program.nodes[id]
    var followed = 0
    while followed < 16, node.assertions.count == 1,
      case .reference(let target) = node.assertions[0].rule
    {
      node = program.nodes[target]
      followed += 1
    }
    let document = node.place.document
    guard document != 0 else { return node.pointer == .root ? "#" : node.pointer.description }
    return "\(program.documents[document])#\(node.pointer)"
  }

  /// Whether a branch that matches is enough: the others may evaluate more, or have annotations.
  private var canStopAtFirst: Bool { !program.tracksEvaluated && mode != .trace }
}
