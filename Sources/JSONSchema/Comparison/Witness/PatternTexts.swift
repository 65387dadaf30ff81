/// Makes short texts that a regular expression is likely to match; whoever uses them asks it.
struct PatternTexts {
  private let tree: PatternTree

  /// How many texts there are of one part.
  private static let limit = 8
  /// How often a part is repeated at most because the expression says so, and because it was asked for.
  private static let repeatLimit = 4_000
  private static let askedLimit = 200_000
  /// How long a text is made, in bytes.
  private static let byteLimit = 600_000

  init(_ source: String) {
    // What is long is mostly a list of alternatives; the first of them will do.
    var parser = PatternTreeParser(String(source.prefix(512)))
    tree = parser.choice()
  }

  /// - Parameter repeats: how often what may be repeated is, beyond the least number.
  func texts(repeats: [Int]) -> [String] {
    var texts: [String] = []
    for count in repeats {
      for text in make(tree, count) where !texts.contains(text) { texts.append(text) }
    }
    return texts
  }

  private func make(_ tree: PatternTree, _ extra: Int) -> [String] {
    switch tree {
    case .nothing, .end, .lookaround, .opaque: return [""]
    case .characters(let set): return set.samples
    case .choice(let alternatives):
      return Array(alternatives.flatMap { make($0, extra).prefix(2) }.prefix(PatternTexts.limit))
    case .sequence(let parts):
      var texts = [""]
      for part in parts {
        let more = make(part, extra)
        // Each part in all its forms, but not each form with each other.
        let first = more.first ?? ""
        let stem = texts.first ?? ""
        texts = texts.map { $0 + first } + more.dropFirst().map { stem + $0 }
        texts = texts.filter { $0.utf8.count <= PatternTexts.byteLimit }
        if texts.count > PatternTexts.limit { texts.removeLast(texts.count - PatternTexts.limit) }
      }
      return texts
    case .repetition(let body, let least, let most):
      let count = min(
        min(least, PatternTexts.repeatLimit) + extra, most ?? .max, PatternTexts.askedLimit)
      // One of a long text is enough, and the least of what is repeated in it.
      let isLong = count > PatternTexts.repeatLimit
      return make(body, isLong ? 0 : extra).prefix(isLong ? 1 : 3).map { text in
        text.utf8.count * count <= PatternTexts.byteLimit
          ? String(repeating: text, count: count) : ""
      }
    }
  }
}

extension PatternTree.CharacterSet {
  /// Some of its characters: of each sort one.
  fileprivate var samples: [String] {
    var samples: [String] = []
    for range in ["a"..."z", "0"..."9", "A"..."Z", "!"..."/", " "..." ", ":"..."~"]
      as [ClosedRange<Unicode.Scalar>]
    {
      if let value = (range.lowerBound.value...range.upperBound.value).first(where: contains) {
        samples.append(String(Unicode.Scalar(UInt8(value))))
      }
    }
    samples = Array(samples.prefix(3))
    // What is not ASCII may be all that a set is about.
    if others { samples.append(other.map { String($0) } ?? "가") }
    return samples
  }

  private func contains(_ value: UInt32) -> Bool {
    value < 64 ? low & (1 << UInt64(value)) != 0 : high & (1 << UInt64(value - 64)) != 0
  }
}
