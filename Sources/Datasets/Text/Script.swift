/// The writing system of a character, as coarsely as telling languages apart needs.
///
/// Ranges are whole Unicode blocks (Unicode 15), so a few unassigned scalars are counted in.
public enum Script: String, Sendable, CaseIterable {
  case hangul, han, kana, latin, cyrillic, greek, arabic, hebrew, devanagari, thai
  /// Letters of any other script.
  case other

  /// The script of a letter; nil for digits, marks, punctuation, symbols and spaces.
  public init?(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x41...0x5A, 0x61...0x7A, 0xAA, 0xBA, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x24F,
      0x1E00...0x1EFF, 0xFF21...0xFF3A, 0xFF41...0xFF5A:
      self = .latin
    case 0..<0x80: return nil
    case 0xAC00...0xD7A3, 0x1100...0x11FF, 0x3131...0x318E, 0xA960...0xA97C, 0xD7B0...0xD7FB:
      self = .hangul
    case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x323AF, 0x3005, 0x3007:
      self = .han
    case 0x3041...0x3096, 0x309D...0x309F, 0x30A1...0x30FA, 0x30FC...0x30FF, 0x31F0...0x31FF,
      0xFF66...0xFF9D:
      self = .kana
    case 0x0370...0x03FF, 0x1F00...0x1FFF: self = .greek
    case 0x0400...0x052F: self = .cyrillic
    case 0x0590...0x05FF where scalar.properties.isAlphabetic: self = .hebrew
    case 0x0600...0x06FF where scalar.properties.isAlphabetic,
      0x0750...0x077F where scalar.properties.isAlphabetic:
      self = .arabic
    case 0x0900...0x097F where scalar.properties.isAlphabetic: self = .devanagari
    case 0x0E00...0x0E7F where scalar.properties.isAlphabetic: self = .thai
    default:
      guard scalar.properties.isAlphabetic else { return nil }
      self = .other
    }
  }

  /// Whether it is written without spaces, or, as Hangul, with endings that change every word, so
  /// that characters tell texts apart better than words do.
  var isCutIntoCharacters: Bool {
    switch self {
    case .hangul, .han, .kana, .thai: true
    default: false
    }
  }
}
