public import ModelRegistry

/// Chooses where a rollback without a number goes.
public enum RollbackTarget {
  /// The generation that the current one replaced, seen through earlier rollbacks: rolling back
  /// twice goes two releases back and does not return to the one just left.
  ///
  /// - Parameter generations: newest first.
  public static func choose(from generations: [GenerationRecord]) -> GenerationRecord? {
    let byNumber = Dictionary(generations.map { ($0.number, $0) }) { first, _ in first }
    guard var standing = generations.first else { return nil }
    let current = standing.release
    // A rollback stands where the generation that it restored stood.
    while standing.action == .rollback {
      guard
        let restored = generations.first(where: {
          $0.number < standing.number && $0.release == standing.release
        })
      else { return nil }
      standing = restored
    }
    var parent = standing.parent.flatMap { byNumber[$0] }
    while let candidate = parent, candidate.release == current {
      parent = candidate.parent.flatMap { byNumber[$0] }
    }
    return parent
  }
}
