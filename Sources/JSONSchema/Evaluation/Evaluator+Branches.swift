import JSON

/// An alternative that did not match, and why.
struct Branch {
  let index: Int
  let violations: [SchemaViolation]

  /// How near a value came to it: the deeper the first thing that is wrong, the nearer; then the
  /// fewer constants that differ (a tag that tells alternatives apart); then the fewer violations.
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

  /// Such as `alternative 1 comes nearest: /a expected a string, found 5 (an integer)`.
  var phrase: String {
    // Cut, because each of them may name an alternative in turn.
    let shown = violations.prefix(3).map { Phrase.shortened($0.description, to: 200) }
      .joined(separator: "; ")
    let more = violations.count > 3 ? "; … (\(violations.count) in all)" : ""
    return "alternative \(index) comes nearest: \(shown)\(more)"
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
      if adjoin(child, from: node, value, &evaluated) {
        count += 1
        if mode != .verdict { matching.append(index) }
      } else if mode == .violations {
        failed.append(Branch(index: index, violations: violations))
      }
      violations = outer
      if isExclusive ? count > 1 && mode == .verdict : count > 0 && canStopAtFirst { break }
    }
    if isExclusive ? count == 1 : count > 0 { return true }
    guard mode != .verdict else { return false }
    let nearest = matching.isEmpty ? Branch.nearest(failed) : nil
    let alternatives = Phrase.count(nodes.count, "alternative")
    return report(
      node, [assertion.keyword], assertion.keyword,
      "\(isExclusive ? "exactly" : "at least") one of \(alternatives) to match",
      matching.isEmpty
        ? Phrase.value(value) + (nearest.map { " (\($0.phrase))" } ?? "")
        : "that \(matching.count) match (\(Phrase.list(matching.map(String.init))))",
      nearest: nearest)
  }

  /// Whether an alternative that matches is enough: the others may evaluate more, or have annotations.
  private var canStopAtFirst: Bool { !program.tracksEvaluated && mode != .trace }
}
