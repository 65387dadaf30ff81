import Foundation

/// A canonical normalisation form of text.
///
/// - SeeAlso: Unicode Standard Annex #15.
public enum UnicodeForm: String, Sendable, CaseIterable {
  /// Composed: `가` is one scalar.
  case nfc
  /// Decomposed: `가` is two, `ᄀ` and `ᅡ`.
  case nfd

  /// The text in this form; the same string where it is in it already.
  public func normalised(_ text: String) -> String {
    if isPlainlyIn(text) { return text }
    return switch self {
    case .nfc: text.precomposedStringWithCanonicalMapping
    case .nfd: text.decomposedStringWithCanonicalMapping
    }
  }

  /// Whether no scalar could change: a quick answer that errs towards false.
  func isPlainlyIn(_ text: String) -> Bool {
    let first: UInt32 = self == .nfc ? 0x300 : 0xC0
    for scalar in text.unicodeScalars where scalar.value >= first {
      // Syllables, ideographs and most kana neither compose with what follows them here (vowel and
      // final jamo, sound marks and combining marks are outside these ranges) nor decompose.
      switch scalar.value {
      case 0x4E00...0x9FFF: continue
      case 0xAC00...0xD7A3 where self == .nfc, 0x3041...0x3096 where self == .nfc: continue
      case 0x2010...0x2027, 0x3001...0x3029, 0xFF01...0xFF5E: continue
      default: return false
      }
    }
    return true
  }
}
