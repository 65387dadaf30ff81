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
    case .nfc: UnicodeForm.withSyllables(text.precomposedStringWithCanonicalMapping)
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

  /// Composes jamo that stand together, by Hangul's arithmetic.
  ///
  /// Foundation (Swift 6.3 on Linux) leaves a final consonant behind a syllable alone where another
  /// leading consonant precedes the two: lines of Unicode's own test say that it must not.
  ///
  /// - SeeAlso: The Unicode Standard, §3.12.
  private static func withSyllables(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { (0x1161...0x11C2).contains($0.value) }) else {
      return text
    }
    var scalars: [Unicode.Scalar] = []
    for scalar in text.unicodeScalars {
      if let last = scalars.last, let syllable = composed(last.value, scalar.value) {
        scalars[scalars.count - 1] = syllable
      } else {
        scalars.append(scalar)
      }
    }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  private static func composed(_ first: UInt32, _ second: UInt32) -> Unicode.Scalar? {
    if (0x1100...0x1112).contains(first), (0x1161...0x1175).contains(second) {
      return Unicode.Scalar(0xAC00 + ((first - 0x1100) * 21 + second - 0x1161) * 28)
    }
    if (0xAC00...0xD7A3).contains(first), (first - 0xAC00) % 28 == 0,
      (0x11A8...0x11C2).contains(second)
    {
      return Unicode.Scalar(first + second - 0x11A7)
    }
    return nil
  }
}
