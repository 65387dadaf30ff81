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
    let shown = violations.prefix(3).map(\.description).joined(separator: "; ")
    let more = violations.count > 3 ? "; … (\(violations.count) in all)" : ""
    return "alternative \(index) comes nearest: \(shown)\(more)"
  }
}

extension Evaluator {
  mutating func checkAlternatives(
    _ assertion: Assertion, of node: SchemaNode, _ nodes: [SchemaNode.ID], isExclusive: Bool,
    _ value: JSONValue, _ evaluated: inout Evaluated
  ) -> Bool {
    var matching: [Int] = []
    var failed: [Branch] = []
    for (index, child) in nodes.enumerated() {
      var outer: [SchemaViolation] = []
      swap(&outer, &violations)
      if adjoin(child, from: node, value, &evaluated) {
        matching.append(index)
      } else if mode == .violations {
        failed.append(Branch(index: index, violations: violations))
      }
      violations = outer
      // The other alternatives may evaluate more.
      if isExclusive ? matching.count > 1 && mode == .verdict : canStop(matching) { break }
    }
    if isExclusive ? matching.count == 1 : !matching.isEmpty { return true }
    let nearest = matching.isEmpty ? Branch.nearest(failed) : nil
    let count = Phrase.count(nodes.count, "alternative")
    return report(
      node, [assertion.keyword], assertion.keyword,
      "\(isExclusive ? "exactly" : "at least") one of \(count) to match",
      matching.isEmpty
        ? Phrase.value(value) + (nearest.map { " (\($0.phrase))" } ?? "")
        : "that \(matching.count) match (\(Phrase.list(matching.map(String.init))))",
      nearest: nearest)
  }

  private func canStop(_ matching: [Int]) -> Bool {
    !matching.isEmpty && !program.tracksEvaluated && mode != .trace
  }
}
