/// A text as its Unicode scalars: what Python's strings are made of, and so what the reference
/// implementations of these metrics count.
///
/// Swift's own comparison of texts takes canonically equivalent ones for the same, and theirs does
/// not.
typealias Scalars = [Unicode.Scalar]

extension Unicode.Scalar {
  /// White space as Python's `str.split`, `str.strip` and `\s` have it: Unicode's White_Space and
  /// the separators U+001C … U+001F.
  var isSpace: Bool {
    switch value {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0: true
    case ..<0x1680: false
    case 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
    default: false
    }
  }

  /// One of the 32 of Python's `string.punctuation`: ASCII's punctuation and symbols.
  var isASCIIPunctuation: Bool {
    switch value {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
    default: false
    }
  }

  /// An ASCII digit.
  var isDigit: Bool { (0x30...0x39).contains(value) }

  /// A letter or a number (general categories L and N).
  var isLetterOrNumber: Bool {
    if value < 0x80 { return isDigit || (0x61...0x7A).contains(value | 0x20) }
    return switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber:
      true
    default: false
    }
  }

  /// A mark, which belongs to the letter before it (general category M).
  var isMark: Bool {
    guard value >= 0x300 else { return false }
    return switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: true
    default: false
    }
  }

  /// Whether it lies where no scalar has case: Hangul, kana and Chinese characters, whose
  /// properties need not be looked up.
  var hasNoCase: Bool { (0x3000...0xA63F).contains(value) || (0xAC00...0xD7FF).contains(value) }
}

extension Collection where Element == Unicode.Scalar {
  /// The stretches between white space, none of them empty: Python's `str.split()`.
  func words() -> [SubSequence] { split { $0.isSpace } }

  /// All but white space.
  func withoutSpace() -> Scalars { filter { !$0.isSpace } }

  /// The text of the scalars.
  var text: String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: self)
    return String(view)
  }
}

extension BidirectionalCollection
where Element == Unicode.Scalar, SubSequence == ArraySlice<Unicode.Scalar> {
  /// Without white space around it: Python's `str.strip()`.
  func trimmed() -> SubSequence {
    guard let first = firstIndex(where: { !$0.isSpace }),
      let last = lastIndex(where: { !$0.isSpace })
    else { return self[endIndex..<endIndex] }
    return self[first...last]
  }
}
