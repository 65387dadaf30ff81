/// Finds regular expressions that can take exponentially many steps to fail.
///
/// Two shapes are known, both inside an unbounded repetition that something must follow: a further
/// unbounded repetition that can be gone through alone, as in `(a+)+$`, and alternatives that match
/// the same text, as in `(a|aa)*$`. Polynomial costs are not told of: the step limit is enough there.
enum PatternRisk {
  /// What is risky about a pattern, said of it as in `"(a+)+$" may take …`; nil where it is not, or is no pattern at all.
  static func of(_ text: String) -> String? {
    // Long lists of alternatives would make the comparison of all pairs slow.
    guard text.utf8.count <= 4096, (try? Pattern(text)) != nil else { return nil }
    var parser = PatternTreeParser(text)
    return risk(in: parser.choice(), isFollowed: false).map {
      "\(Phrase.quoted(text)) may take exponentially many steps to fail: it has \($0)"
    }
  }

  /// - Parameter isFollowed: Whether something comes after that can fail.
  private static func risk(in tree: PatternTree, isFollowed: Bool) -> String? {
    switch tree {
    case .nothing, .characters, .opaque: return nil
    case .end: return nil
    case .lookaround(let inner): return risk(in: inner, isFollowed: true)
    case .choice(let alternatives):
      return alternatives.lazy.compactMap { risk(in: $0, isFollowed: isFollowed) }.first
    case .sequence(let parts):
      for (index, part) in parts.enumerated() {
        let canFail = parts[(index + 1)...].contains { $0.canFail }
        if let found = risk(in: part, isFollowed: isFollowed || canFail) { return found }
      }
      return nil
    case .repetition(let body, _, let most):
      if most == nil, isFollowed {
        if hasLoneLoop(body) { return "a repetition inside a repetition" }
        if hasOverlap(body) { return "repeated alternatives that match the same text" }
      }
      return risk(in: body, isFollowed: isFollowed)
    }
  }

  /// Whether there is a way through that consists of one unbounded repetition alone.
  private static func hasLoneLoop(_ tree: PatternTree) -> Bool {
    switch tree {
    case .nothing, .characters, .opaque, .end, .lookaround: return false
    case .choice(let alternatives): return alternatives.contains(where: hasLoneLoop)
    case .sequence(let parts):
      return parts.indices.contains { index in
        hasLoneLoop(parts[index])
          && parts.indices.allSatisfy { $0 == index || parts[$0].isNullable }
      }
    case .repetition(let body, _, let most):
      return most == nil ? !body.isEmpty : hasLoneLoop(body)
    }
  }

  /// Whether one alternative is a character and another is made of only such characters.
  private static func hasOverlap(_ tree: PatternTree) -> Bool {
    switch tree {
    case .choice(let alternatives):
      let texts = alternatives.map(\.characterSets)
      for (index, text) in texts.enumerated() {
        guard let text, text.count == 1, let set = text.first else { continue }
        for (other, sets) in texts.enumerated() where other != index {
          if let sets, !sets.isEmpty, sets.allSatisfy({ $0.overlaps(set) }) { return true }
        }
      }
      return alternatives.contains(where: hasOverlap)
    case .sequence(let parts): return parts.count == 1 && parts.contains(where: hasOverlap)
    default: return false
    }
  }
}
