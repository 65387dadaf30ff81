/// A phrase of a refusal, ready to be looked for.
struct RefusalPattern {
  let phrase: String
  private let parts: [Scalars]
  private let beginsSentence: Bool
  private let isSpaced: Bool

  /// How many scalars ` * ` may stand for.
  private static let gap = 40

  /// Nil for a phrase without any letter.
  init?(_ phrase: String) {
    self.phrase = phrase
    let isSpaced = !phrase.unicodeScalars.contains(where: \.isHangul)
    let beginsSentence = phrase.hasPrefix("^")
    let text = beginsSentence ? String(phrase.dropFirst()) : phrase
    parts = RefusalText.comparable(text).split { $0 == "*" }.compactMap { part in
      let words = part.words()
      guard !words.isEmpty else { return nil }
      return isSpaced ? words.flatMap { [" "] + $0 } : part.withoutSpace()
    }
    guard !parts.isEmpty else { return nil }
    self.isSpaced = isSpaced
    self.beginsSentence = beginsSentence
  }

  /// Whether a sentence has the phrase.
  func isFound(in sentence: RefusalText) -> Bool {
    let text = isSpaced ? sentence.spaced : sentence.unspaced
    let starts = beginsSentence ? 0..<min(1, text.count) : text.indices
    return starts.contains { isFound(at: $0, in: text) }
  }

  private func isFound(at start: Int, in text: Scalars) -> Bool {
    guard has(parts[0], at: start, in: text) else { return false }
    var ends: Set = [start + parts[0].count]
    for part in parts.dropFirst() {
      let places = Set(ends.flatMap { $0...($0 + RefusalPattern.gap) })
      ends = Set(places.filter { has(part, at: $0, in: text) }.map { $0 + part.count })
    }
    return !ends.isEmpty
  }

  private func has(_ part: Scalars, at start: Int, in text: Scalars) -> Bool {
    guard start + part.count <= text.count else { return false }
    var index = 0
    while index < part.count, text[start + index] == part[index] { index += 1 }
    return index == part.count
  }
}

extension Unicode.Scalar {
  /// A syllable of Hangul or a letter of one.
  fileprivate var isHangul: Bool {
    switch value {
    case 0x1100...0x11FF, 0x3130...0x318F, 0xAC00...0xD7A3: true
    default: false
    }
  }
}
