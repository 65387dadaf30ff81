/// Disjoint sets of rows; the first row of a set stands for it.
struct UnionFind: Sendable {
  private var parents: [Int32]

  init(count: Int) { parents = (0..<Int32(clamping: count)).map(\.self) }

  /// The first row of the set that a row is in, halving the path on the way.
  mutating func first(of row: Int) -> Int {
    var row = Int32(row)
    while parents[Int(row)] != row {
      let above = parents[Int(parents[Int(row)])]
      parents[Int(row)] = above
      row = above
    }
    return Int(row)
  }

  /// Joins two sets; false where they were one.
  mutating func join(_ left: Int, _ right: Int) -> Bool {
    let (a, b) = (first(of: left), first(of: right))
    guard a != b else { return false }
    parents[max(a, b)] = Int32(min(a, b))
    return true
  }
}
