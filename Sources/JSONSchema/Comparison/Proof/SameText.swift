import JSON

/// Finds schemas of two programs that are written the same, and all that they refer to as well.
struct SameText {
  let old: SchemaProgram
  let new: SchemaProgram
  /// Pairs that are known to be written the same.
  private var known: Set<SchemaComparison.Pair> = []
  /// Whether the programs as wholes are; found out when it is asked first.
  private var isWholeSame: Bool?

  init(old: SchemaProgram, new: SchemaProgram) {
    self.old = old
    self.new = new
  }

  mutating func holds(_ a: SchemaNode.ID, _ b: SchemaNode.ID) -> Bool {
    // What a dynamic reference means depends on the whole.
    if old.hasDynamicReferences || new.hasDynamicReferences {
      let isSame = isWholeSame ?? (old.sources == new.sources)
      isWholeSame = isSame
      guard isSame else { return false }
    }
    var seen: Set<SchemaComparison.Pair> = []
    var open = [SchemaComparison.Pair(old: a, new: b)]
    while let pair = open.popLast() {
      guard !known.contains(pair), seen.insert(pair).inserted else { continue }
      let (x, y) = (old.nodes[pair.old], new.nodes[pair.new])
      guard x.draft == y.draft, old.sources[pair.old] == new.sources[pair.new],
        x.assertions.count == y.assertions.count
      else { return false }
      for (p, q) in zip(x.assertions, y.assertions) {
        let (left, right) = (p.rule.children, q.rule.children)
        guard left.count == right.count else { return false }
        open += zip(left, right).map { SchemaComparison.Pair(old: $0, new: $1) }
      }
    }
    // All of them lead to nothing but each other.
    known.formUnion(seen)
    return true
  }
}
