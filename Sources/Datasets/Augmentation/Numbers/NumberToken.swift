/// A number's value: `scaled · 10^-decimals`, with trailing zeros kept, so that `1.50` is not `1.5`.
struct NumberKey: Sendable, Hashable, Comparable {
  /// 0 to 10^15 - 1.
  let scaled: Int
  /// 0 to 15.
  let decimals: Int

  static func < (left: NumberKey, right: NumberKey) -> Bool {
    (left.decimals, left.scaled) < (right.decimals, right.scaled)
  }

  /// 10 to the power of `exponent`, which is 0 to 18.
  static func power(_ exponent: Int) -> Int { (0..<exponent).reduce(1) { power, _ in power * 10 } }

  /// Digits with a point, and with separators of thousands where asked for.
  func text(isGrouped: Bool) -> String {
    let digits = String(scaled)
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    var whole = String(padded.dropLast(decimals))
    if isGrouped {
      let groups = stride(from: whole.count, to: 0, by: -3).map { end in
        String(whole.prefix(end).suffix(3))
      }
      whole = groups.reversed().joined(separator: ",")
    }
    return decimals == 0 ? whole : whole + "." + padded.suffix(decimals)
  }
}

/// A number in a text that counts or measures something.
struct NumberToken: Sendable, Equatable {
  /// In Unicode scalars.
  let range: Range<Int>
  let key: NumberKey
  /// Whether it is written with separators of thousands.
  let isGrouped: Bool
  /// Whether a word in Latin letters follows behind a space, whose plural depends on the number.
  var isBeforeLatinWord = false

  var beforeLatinWord: NumberToken {
    var token = self
    token.isBeforeLatinWord = true
    return token
  }
}

/// A text with some ranges replaced; the Korean particle behind each takes the form that fits.
enum TextEdit {
  struct Replacement: Sendable {
    /// In Unicode scalars.
    let range: Range<Int>
    let text: String
    /// How the new text ends; nil where no particle is to be looked for.
    let sound: FinalSound?
  }

  /// - Parameter replacements: In the order of the text; they do not overlap.
  static func applied(_ replacements: [Replacement], to scalars: [Unicode.Scalar]) -> String {
    var result: [Unicode.Scalar] = []
    var position = 0
    for replacement in replacements {
      result += scalars[position..<replacement.range.lowerBound]
      result += replacement.text.unicodeScalars
      position = replacement.range.upperBound
      if let sound = replacement.sound,
        let particle = KoreanParticle.fitting(scalars, at: position, after: sound)
      {
        result += particle.form
        position = particle.range.upperBound
      }
    }
    return String(scalars: result + scalars[position...])
  }
}
