/// Finds the word that a misspelt one was meant to be.
enum EditDistance {
  /// The nearest candidate within a third of the word's length, the first of several.
  static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    // Longer words are no misspelt keywords, and would cost much.
    guard word.unicodeScalars.count <= 64 else { return nil }
    var best: (word: String, distance: Int)?
    for candidate in candidates.sorted() {
      let limit = min(best.map { $0.distance - 1 } ?? .max, max(1, word.unicodeScalars.count / 3))
      guard let distance = distance(word.lowercased(), candidate.lowercased(), limit: limit) else {
        continue
      }
      best = (candidate, distance)
    }
    return best?.word
  }

  /// How many insertions, deletions, replacements and swaps of neighbours lead from one word to the
  /// other (optimal string alignment); nil where that is more than the limit.
  static func distance(_ left: String, _ right: String, limit: Int) -> Int? {
    let a = Array(left.unicodeScalars)
    let b = Array(right.unicodeScalars)
    guard abs(a.count - b.count) <= limit else { return nil }
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row.append(cost)
      }
      beforeLast = last
      last = row
    }
    return last[b.count] <= limit ? last[b.count] : nil
  }
}
