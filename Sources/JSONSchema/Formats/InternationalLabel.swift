/// The rules for one internationalised label of a host name (IDNA 2008).
///
/// Whether a label is in Unicode's normal form C is not checked, and of the letters that join, only
/// those of Arabic are known to the rule for U+200C.
///
/// - SeeAlso: RFC 5891, section 4.2.3; RFC 5892; RFC 5893.
enum InternationalLabel {
  static func isValid(_ label: [Unicode.Scalar]) -> Bool {
    guard let first = label.first, first != "-", label.last != "-" else { return false }
    if label.count >= 4, label[2] == "-", label[3] == "-" { return false }
    switch first.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: return false
    default: break
    }
    return label.indices.allSatisfy { index in
      isContextual(label[index]) ? isInContext(index, label) : isPermitted(label[index])
    }
  }

  /// The derived property PVALID of RFC 5892, section 3.
  private static func isPermitted(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xDF, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0x3007: return true
    case 0x640, 0x7FA, 0x302E, 0x302F, 0x3031...0x3035, 0x303B: return false
    case 0x2D, 0x30...0x39, 0x61...0x7A: return true
    // Symbols, music and old Hangul, whatever their categories.
    case 0x20D0...0x20FF, 0x1D100...0x1D24F, 0x1100...0x11FF, 0xA960...0xA97F, 0xD7B0...0xD7FF:
      return false
    default: break
    }
    let properties = scalar.properties
    guard !properties.changesWhenNFKCCaseFolded, !properties.isDefaultIgnorableCodePoint,
      !properties.isWhitespace, !properties.isNoncharacterCodePoint
    else { return false }
    switch properties.generalCategory {
    case .lowercaseLetter, .uppercaseLetter, .otherLetter, .modifierLetter, .decimalNumber,
      .nonspacingMark, .spacingMark:
      return true
    default: return false
    }
  }

  private static func isContextual(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xB7, 0x375, 0x5F3, 0x5F4, 0x30FB, 0x660...0x669, 0x6F0...0x6F9, 0x200C, 0x200D: true
    default: false
    }
  }

  /// The contextual rules of RFC 5892, appendix A.
  private static func isInContext(_ index: Int, _ label: [Unicode.Scalar]) -> Bool {
    let before = index > 0 ? label[index - 1] : nil
    let after = index + 1 < label.count ? label[index + 1] : nil
    switch label[index].value {
    case 0xB7: return before == "l" && after == "l"
    case 0x375: return after.map { matches(greek, [$0]) } ?? false
    case 0x5F3, 0x5F4: return before.map { matches(hebrew, [$0]) } ?? false
    case 0x30FB: return matches(japanese, label)
    case 0x660...0x669: return !label.contains { (0x6F0...0x6F9).contains($0.value) }
    case 0x6F0...0x6F9: return !label.contains { (0x660...0x669).contains($0.value) }
    default:
      if before?.properties.canonicalCombiningClass == .virama { return true }
      return label[index].value == 0x200C && joins(label[..<index], label[(index + 1)...])
    }
  }

  /// Whether the letters around a zero-width non-joiner would join without it.
  private static func joins(
    _ before: ArraySlice<Unicode.Scalar>, _ after: ArraySlice<Unicode.Scalar>
  ) -> Bool {
    let isMark = { (scalar: Unicode.Scalar) in
      scalar.properties.generalCategory == .nonspacingMark
    }
    guard let left = before.last(where: { !isMark($0) }),
      let right = after.first(where: { !isMark($0) })
    else { return false }
    return matches(joiningBothWays, [left]) && matches(joining, [right])
  }

  /// Whether labels keep the rule for bidirectional text, which all must where one is written from
  /// right to left (RFC 5893, section 2).
  static func keepBidiRule(_ labels: [[Unicode.Scalar]]) -> Bool {
    let isPlain = labels.allSatisfy { $0.allSatisfy { $0.value < 0x590 } }
    guard !isPlain, labels.contains(where: { matches(rightToLeft, $0) }) else { return true }
    return labels.allSatisfy { label in
      matches(leftToRightLabel, label)
        || (matches(rightToLeftLabel, label)
          && !(matches(europeanDigit, label) && matches(arabicDigit, label)))
    }
  }

  private static func matches(_ pattern: Pattern?, _ label: [Unicode.Scalar]) -> Bool {
    var text = ""
    text.unicodeScalars.append(contentsOf: label)
    return pattern?.search(text) == .found
  }

  // PCRE2 knows scripts and the classes of bidirectional text; Swift's library does not.
  private static let greek = try? Pattern("\\p{sc:Greek}")
  private static let hebrew = try? Pattern("\\p{sc:Hebrew}")
  private static let japanese = try? Pattern("[\\p{sc:Hiragana}\\p{sc:Katakana}\\p{sc:Han}]")
  private static let joining = try? Pattern(
    "[\\u0620\\u0622-\\u063F\\u0641-\\u064A\\u066E-\\u06D3]")
  /// Less those that only join the letter before them.
  private static let joiningBothWays = try? Pattern(
    "(?![\\u0622-\\u0625\\u0627\\u0629\\u062F-\\u0632\\u0648\\u0671-\\u0677\\u0688-\\u0699\\u06C0"
      + "\\u06C3-\\u06CB\\u06CD\\u06CF\\u06D2\\u06D3])"
      + "[\\u0620\\u0622-\\u063F\\u0641-\\u064A\\u066E-\\u06D3]")
  private static let rightToLeft = try? Pattern("[\\p{bc:R}\\p{bc:AL}\\p{bc:AN}]")
  private static let europeanDigit = try? Pattern("\\p{bc:EN}")
  private static let arabicDigit = try? Pattern("\\p{bc:AN}")
  private static let neutral = "\\p{bc:ES}\\p{bc:CS}\\p{bc:ET}\\p{bc:ON}\\p{bc:BN}\\p{bc:NSM}"
  private static let leftToRightLabel = try? Pattern(
    "^\\p{bc:L}(?:[\\p{bc:L}\\p{bc:EN}\(neutral)]*[\\p{bc:L}\\p{bc:EN}])?\\p{bc:NSM}*$")
  private static let rightToLeftLabel = try? Pattern(
    "^[\\p{bc:R}\\p{bc:AL}](?:[\\p{bc:R}\\p{bc:AL}\\p{bc:AN}\\p{bc:EN}\(neutral)]*"
      + "[\\p{bc:R}\\p{bc:AL}\\p{bc:EN}\\p{bc:AN}])?\\p{bc:NSM}*$")
}
