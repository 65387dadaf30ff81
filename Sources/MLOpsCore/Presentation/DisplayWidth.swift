/// How many columns a text takes on a terminal.
///
/// Hangul, Kana, Han and emoji take two columns, combining marks none (Unicode Standard Annex #11,
/// classes W and F; ambiguous characters count as one).
public enum DisplayWidth {
  /// The columns of a text without control characters.
  public static func of(_ text: String) -> Int {
    text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
      ? text.utf8.count : text.reduce(0) { $0 + of($1) }
  }

  /// The columns of what a reader takes for one character: 0, 1 or 2.
  public static func of(_ character: Character) -> Int {
    var widest = 0
    for scalar in character.unicodeScalars {
      // U+FE0F asks for the colourful form of a symbol such as ❤.
      if scalar.value == 0xFE0F { return 2 }
      widest = max(widest, of(scalar))
    }
    return widest
  }

  /// A text cut to some columns, with `…` where something is missing.
  public static func truncate(_ text: String, to columns: Int) -> String {
    guard of(text) > columns else { return text }
    guard columns > 0 else { return "" }
    var kept = ""
    var width = 0
    for character in text {
      let next = of(character)
      guard width + next < columns else { break }
      kept.append(character)
      width += next
    }
    return kept + "…"
  }

  private static func of(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    // Medial vowels and final consonants join the leading consonant before them.
    if (0x1160...0x11FF).contains(scalar.value) || (0xD7B0...0xD7FF).contains(scalar.value) {
      return 0
    }
    if scalar.properties.isEmojiPresentation { return 2 }
    return wide.contains { $0.contains(scalar.value) } ? 2 : 1
  }

  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F,  // leading Hangul consonants
    0x2E80...0x303E,  // radicals, CJK punctuation
    0x3041...0x33FF,  // Kana, Hangul compatibility letters, enclosed and squared
    0x3400...0x4DBF, 0x4E00...0x9FFF,  // Han
    0xA000...0xA4CF,  // Yi
    0xA960...0xA97F,  // old leading consonants
    0xAC00...0xD7A3,  // Hangul syllables
    0xF900...0xFAFF,  // Han compatibility
    0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,  // full-width forms
    0x1F200...0x1F2FF,  // enclosed ideographs
    0x20000...0x3FFFD,  // more Han
  ]
}
