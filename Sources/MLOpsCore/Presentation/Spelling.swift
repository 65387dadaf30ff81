/// "Did you mean": words that are a few slips of the keyboard away.
public enum Spelling {
  /// At most three, nearest first; a third of the letters may be wrong, or the word may go on.
  public static func near<Word: CustomStringConvertible>(_ word: Word, among known: [Word])
    -> [Word]
  {
    let wanted = Array(word.description.utf8)
    let allowed = max(1, wanted.count / 3)
    var found: [(distance: Int, word: Word)] = []
    for candidate in known {
      let letters = Array(candidate.description.utf8)
      let continues =
        min(wanted.count, letters.count) >= 3
        && (letters.starts(with: wanted) || wanted.starts(with: letters))
      if continues {
        found.append((1, candidate))
      } else if abs(letters.count - wanted.count) <= allowed {
        let distance = distance(wanted, letters)
        if distance <= allowed { found.append((distance, candidate)) }
      }
    }
    found.sort { ($0.distance, $0.word.description) < ($1.distance, $1.word.description) }
    return found.prefix(3).map(\.word)
  }

  /// The nearest word; nil where none is near.
  public static func nearest(to word: String, in known: [String]) -> String? {
    near(word, among: known).first
  }

  /// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
  static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var before = [Int](repeating: 0, count: right.count + 1)
    var previous = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var current = [i + 1]
      current.reserveCapacity(right.count + 1)
      for (j, b) in right.enumerated() {
        var best = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a == b ? 0 : 1))
        if i > 0, j > 0, a == right[j - 1], left[i - 1] == b { best = min(best, before[j - 1] + 1) }
        current.append(best)
      }
      before = previous
      previous = current
    }
    return previous[right.count]
  }
}
