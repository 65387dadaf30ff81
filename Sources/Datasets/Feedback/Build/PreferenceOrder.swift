/// Pairs of a better and a worse answer that contradict each other nowhere, not even in a circle.
struct PreferenceOrder {
  struct Pair {
    let better: String
    let worse: String
    let votes: [Vote]
  }

  private(set) var pairs: [Pair] = []
  /// Whether pairs were left out, since they close a circle.
  private(set) var hasCircle = false

  /// - Parameters:
  ///   - pairs: each two answers once.
  ///   - dropsCircles: whether all pairs of a circle go; else the weakest one: the least votes under
  ///     `majority`, then the oldest.
  init(_ all: [Pair], dropsCircles: Bool, countsVotes: Bool) {
    var worse: [String: Set<String>] = [:]
    if dropsCircles {
      for pair in all { worse[pair.better, default: []].insert(pair.worse) }
      pairs = all.filter { !PreferenceOrder.leads(from: $0.worse, to: $0.better, worse) }
      hasCircle = pairs.count < all.count
      return
    }
    let strongestFirst = all.indices.sorted { left, right in
      let (one, other) = (all[left], all[right])
      if countsVotes, one.votes.count != other.votes.count {
        return one.votes.count > other.votes.count
      }
      guard let first = one.votes.latest, let second = other.votes.latest,
        first.isLater(than: second) || second.isLater(than: first)
      else { return left < right }
      return first.isLater(than: second)
    }
    var kept: Set<Int> = []
    for index in strongestFirst {
      let pair = all[index]
      guard !PreferenceOrder.leads(from: pair.worse, to: pair.better, worse) else { continue }
      worse[pair.better, default: []].insert(pair.worse)
      kept.insert(index)
    }
    pairs = all.indices.filter(kept.contains).map { all[$0] }
    hasCircle = kept.count < all.count
  }

  private static func leads(from start: String, to end: String, _ worse: [String: Set<String>])
    -> Bool
  {
    var front = [start]
    var visited: Set<String> = [start]
    while let answer = front.popLast() {
      if answer == end { return true }
      front += (worse[answer] ?? []).filter { visited.insert($0).inserted }
    }
    return false
  }
}
