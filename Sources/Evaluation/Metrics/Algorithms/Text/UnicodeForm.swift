import Foundation

/// The spellings of Unicode (UAX #15) that are one for each text.
public enum UnicodeForm: String, Sendable, Hashable, CaseIterable {
  /// Composed: Hangul that came as letters becomes syllables.
  case nfc
  /// Composed, and compatible characters made one: `１２` becomes `12`, `㈜` becomes `(주)`.
  case nfkc

  /// The text in this form.
  ///
  /// Marks are ordered among at most 128 in a row; the work for longer rows, which no language has,
  /// would grow with the square of their length.
  public func applied(to text: String) -> String {
    guard text.utf8.contains(where: { $0 >= 0x80 }) else { return text }
    var formed = ""
    var start = text.startIndex
    var marks = 0
    let scalars = text.unicodeScalars
    for index in scalars.indices {
      guard scalars[index].isReordered else {
        marks = 0
        continue
      }
      marks += 1
      if marks > UnicodeForm.longestRow {
        formed.unicodeScalars += composed(scalars[start..<index])
        start = index
        marks = 1
      }
    }
    guard start > text.startIndex else { return composed(text[...]) }
    formed.unicodeScalars += composed(scalars[start...])
    return formed
  }

  private static let longestRow = 128

  private func composed(_ scalars: Substring.UnicodeScalarView) -> String.UnicodeScalarView {
    composed(Substring(scalars)).unicodeScalars
  }

  private func composed(_ text: Substring) -> String {
    switch self {
    case .nfc: String(text).precomposedStringWithCanonicalMapping
    case .nfkc: String(text).precomposedStringWithCompatibilityMapping
    }
  }
}

extension Unicode.Scalar {
  /// Whether normalising orders it among its neighbours.
  fileprivate var isReordered: Bool {
    guard value >= 0x300, !hasNoCase || (0x302A...0x309A).contains(value) else { return false }
    return properties.canonicalCombiningClass != .notReordered
  }
}
