/// Texts without the difference of upper and lower case.
enum LetterCase {
  /// Python's `str.lower()`: Unicode's full mapping of each scalar, and of a capital sigma that
  /// ends a word to the final one (Unicode 16, section 3.13, Final_Sigma).
  static func lowered(_ text: String) -> Scalars {
    let scalars = Array(text.unicodeScalars)
    var lowered = Scalars()
    lowered.reserveCapacity(scalars.count)
    for (index, scalar) in scalars.enumerated() {
      if scalar.isASCII {
        let isUpper = (0x41...0x5A).contains(scalar.value)
        lowered.append(isUpper ? Unicode.Scalar(UInt8(scalar.value) + 0x20) : scalar)
      } else if scalar.hasNoCase {
        lowered.append(scalar)
      } else if scalar == "\u{3A3}" {
        lowered.append(endsWord(index, in: scalars) ? "\u{3C2}" : "\u{3C3}")
      } else {
        lowered.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
      }
    }
    return lowered
  }

  /// A text that equals another's where the two differ in case alone: of each scalar the lower case
  /// of the upper case, each Unicode's full mapping without context. `Straße` and `STRASSE` are
  /// one, and so are `ς` and `Σ`. Unlike Unicode's case folding this also makes one of `ı` and `i`.
  static func folded(_ text: String) -> String {
    var folded = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar.hasNoCase || scalar.isASCII && !(0x41...0x5A).contains(scalar.value) {
        folded.append(scalar)
      } else {
        for upper in scalar.properties.uppercaseMapping.unicodeScalars {
          folded.append(contentsOf: upper.properties.lowercaseMapping.unicodeScalars)
        }
      }
    }
    return String(folded)
  }

  /// Whether the letter is behind another of its word and before none, apostrophes and marks apart.
  private static func endsWord(_ index: Int, in scalars: Scalars) -> Bool {
    let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
    let after = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
    return before?.properties.isCased == true && after?.properties.isCased != true
  }
}
