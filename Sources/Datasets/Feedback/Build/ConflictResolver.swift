/// Decides between judgements that contradict each other.
struct ConflictResolver {
  let policy: FeedbackBuildOptions.Conflicts
  let raters: [String]

  /// What people say: each has one vote, about sides that exclude each other.
  ///
  /// - Returns: the winning side; nil where there are no votes, or several sides and the policy is to
  ///   leave those out.
  func winner<Side: Hashable>(_ votes: [Vote], side: (Vote) -> Side) -> Side? {
    let sides = Dictionary(grouping: votes, by: side)
    guard sides.count > 1, let latest = votes.latest else { return sides.keys.first }
    switch policy {
    case .drop: return nil
    case .latest: return side(latest)
    case .rater:
      for rater in raters {
        if let vote = votes.filter({ $0.rater == rater }).latest { return side(vote) }
      }
      return side(latest)
    case .majority:
      let most = sides.values.map(\.count).max() ?? 0
      let leading = sides.filter { $0.value.count == most }
      return leading.values.flatMap { $0 }.latest.map(side)
    }
  }
}
