/// Chooses the examples before each question, in lm-evaluation-harness's order of drawing: one
/// generator for all documents, read once for each of them.
struct HarnessSampler {
  enum Kind: String { case random = "default", first = "first_n" }

  private let kind: Kind
  private let pool: [HarnessDocument]
  private var generator: MersenneTwister

  /// - Parameter seed: `fewshot_random_seed`, 1234 where nobody says.
  init(_ kind: Kind, pool: [HarnessDocument], seed: Int) {
    self.kind = kind
    self.pool = pool
    generator = MersenneTwister(seed: seed)
  }

  /// - Parameters:
  ///   - count: At least 1.
  ///   - document: The question's own, where it comes from the examples' split: it is left out.
  /// - Returns: nil where there are too few.
  mutating func examples(_ count: Int, sparing document: HarnessDocument?) -> [HarnessDocument]? {
    if kind == .first {
      let others = document.map { own in pool.filter { $0 != own } } ?? pool
      return count <= others.count ? Array(others.prefix(count)) : nil
    }
    guard let document, !document.fields.isEmpty else { return draw(count, from: pool) }
    guard let drawn = draw(count + 1, from: pool) else { return nil }
    let others = drawn.filter { $0 != document }
    // Equal rows can leave fewer than are needed; then it is drawn once more, among the others.
    if others.count < count { return draw(count, from: pool.filter { $0 != document }) }
    return Array(others.prefix(count))
  }

  private mutating func draw(_ count: Int, from pool: [HarnessDocument]) -> [HarnessDocument]? {
    guard count <= pool.count else { return nil }
    return generator.sample(pool.count, count).map { pool[$0] }
  }
}
