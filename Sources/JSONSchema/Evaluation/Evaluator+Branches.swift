import JSON

/// A branch of `anyOf` or `oneOf` that did not match, and why.
struct Branch {
  let index: Int
  let violations: [SchemaViolation]
  let tags: BranchTags

  /// How near a value came to it: the better the constants fit that tell branches apart, the nearer;
  /// then the deeper the last thing that is wrong; then the fewer constants that differ; then the
  /// fewer violations.
  fileprivate func nearness(among tags: [BranchTags]) -> (Int, Int, Int, Int) {
    let score = self.tags.score(among: tags)
    let depth = violations.map(\.instance.tokens.count).max() ?? 0
    let constants = violations.count { ["const", "enum", "type", "false"].contains($0.keyword) }
    return (score, depth, -constants, -violations.count)
  }

  /// The one that a value came nearest to, the first of several; nil where there are none.
  static func nearest(_ branches: [Branch]) -> Branch? {
    let tags = branches.map(\.tags)
    var best: (branch: Branch, nearness: (Int, Int, Int, Int))?
    for branch in branches {
      let nearness = branch.nearness(among: tags)
      if best.map({ nearness > $0.nearness }) ?? true { best = (branch, nearness) }
    }
    return best?.branch
  }

  /// The members that told it from the others, such as `kind = "circle"`; nil where none did.
  static func tag(of branch: Branch, among branches: [Branch], in value: JSONValue) -> String? {
    let names = branch.tags.discriminating(among: branches.map(\.tags)).prefix(2)
    guard !names.isEmpty else { return nil }
    return names.compactMap { name in
      value[name].map { "\(Phrase.shortened(name, to: 60)) = \(Phrase.value($0))" }
    }.joined(separator: ", ")
  }

  /// What the branches want of a member that all of them have a constant for, where none fits.
  static func tagSummary(_ branches: [Branch], of instance: JSONPointer, _ value: JSONValue)
    -> String?
  {
    guard let name = BranchTags.common(branches.map(\.tags)), let found = value[name] else {
      return nil
    }
    let place = instance.appending(name)
    var wanted: [String] = []
    for branch in branches {
      let expected = branch.violations.first {
        $0.instance == place && ["const", "enum"].contains($0.keyword)
      }?.expected
      guard let expected else { return nil }
      if !wanted.contains(expected) { wanted.append(expected) }
    }
    guard wanted.count <= 8 else { return nil }
    return "expected \(wanted.joined(separator: " or ")) at \(place), found \(Phrase.value(found))"
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
    let tag = tag.map { ", \($0)" } ?? ""
    return "nearest is branch \(index + 1) (\(place)\(tag)): \(shown)\(more)"
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
        let tags = BranchTags(of: child, value, program)
        failed.append(Branch(index: index, violations: violations, tags: tags))
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
        index: $0.index, place: placeText(of: nodes[$0.index]), violations: $0.violations,
        tag: Branch.tag(of: $0, among: failed, in: value))
    }
    return report(node, [keyword], keyword, expected, Phrase.value(value)) { violation in
      violation.nearest = nearest
      violation.statement = "matches none of \(branches)"
      if failed.count == nodes.count,
        let summary = Branch.summary(failed, of: violation.instance)
          ?? Branch.tagSummary(failed, of: violation.instance, value)
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
