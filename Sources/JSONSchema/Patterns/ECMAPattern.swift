/// Rewrites a regular expression of ECMA-262 (with the `u` flag) in PCRE2's dialect.
///
/// The two mostly agree. What differs is either written anew (`.`, `\s`, `[]`, `\uD83D\uDE00`,
/// `\p{Letter}`) or refused because only PCRE2 knows it (`\A`, `(?i)`, `a++`).
struct ECMAPattern {
  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var output = ""
  private var isInClass = false

  /// - Throws: `PatternError`.
  static func translated(_ text: String) throws(PatternError) -> String {
    var pattern = ECMAPattern(scalars: Array(text.unicodeScalars))
    try pattern.run()
    return pattern.output
  }

  private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

  private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private mutating func run() throws(PatternError) {
    while let scalar = peek {
      position += 1
      switch scalar {
      case "\\": try escape()
      case "[" where isInClass: output += "\\["
      case "[": openClass()
      case "]" where isInClass:
        isInClass = false
        output += "]"
      case _ where isInClass: output.unicodeScalars.append(scalar)
      case ".": output += "[^\\n\\r\\x{2028}\\x{2029}]"
      case "(": try group()
      case "*", "+", "?", "{":
        output.unicodeScalars.append(scalar)
        try quantifier(scalar)
      case "#": output += "\\#"
      default: output.unicodeScalars.append(scalar)
      }
    }
    if isInClass { throw PatternError(reason: "a character class is not closed") }
  }

  private mutating func openClass() {
    if take("^]") {
      output += "[\\s\\S]"
    } else if take("]") {
      output += "(?!)"
    } else {
      isInClass = true
      output += take("^") ? "[^" : "["
    }
  }

  private mutating func group() throws(PatternError) {
    output += "("
    if peek == "*" { throw PatternError(reason: "'*' follows nothing that could repeat") }
    guard peek == "?" else { return }
    for opening in ["?:", "?=", "?!", "?<=", "?<!", "?<"] where take(opening) {
      output += opening
      return
    }
    throw PatternError(reason: "'(?' begins a group that ECMA-262 does not know")
  }

  /// Refuses what would make a quantifier possessive, which ECMA-262 does not have.
  private mutating func quantifier(_ scalar: Unicode.Scalar) throws(PatternError) {
    if scalar == "{" {
      var end = position
      while end < scalars.count, ("0"..."9").contains(scalars[end]) || scalars[end] == "," {
        end += 1
      }
      guard end < scalars.count, scalars[end] == "}", end > position else { return }
      while position <= end {
        output.unicodeScalars.append(scalars[position])
        position += 1
      }
    }
    if take("?") { output += "?" }
    if let next = peek, next == "+" || next == "*" || next == "?" {
      throw PatternError(reason: "'\(next)' follows a quantifier")
    }
  }

  private mutating func escape() throws(PatternError) {
    guard let scalar = peek else { throw PatternError(reason: "it ends with a backslash") }
    position += 1
    switch scalar {
    case "s": output += isInClass ? ECMAPattern.spaces : "[\(ECMAPattern.spaces)]"
    case "S":
      // A class cannot hold a complement of a list, so the complement is spelled out.
      output += isInClass ? ECMAPattern.nonSpaces : "[^\(ECMAPattern.spaces)]"
    case "u": try codeUnit()
    case "x": try literal(hex(2, after: "\\x"))
    case "c":
      guard let letter = peek, letter.isASCII, letter.properties.isAlphabetic else {
        throw PatternError(reason: "after '\\c' comes a letter")
      }
      position += 1
      literal(letter.value % 32)
    case "0": literal(0)
    case "p", "P": try property(scalar)
    case "k": output += "\\k"
    case "B" where isInClass: throw PatternError(reason: "'\\B' cannot stand in a class")
    case "d", "D", "w", "W", "b", "B", "f", "n", "r", "t", "v", "1"..."9":
      output += scalar == "v" ? "\\x0b" : "\\\(scalar)"
    case _ where scalar.isASCII && (scalar.properties.isAlphabetic || scalar.value < 0x20):
      throw PatternError(reason: "'\\\(scalar)' is no escape of ECMA-262")
    case _ where scalar.isASCII: output += "\\\(scalar)"
    default: output.unicodeScalars.append(scalar)
    }
  }

  /// `\uXXXX`, a pair of surrogates, or `\u{X…}`.
  private mutating func codeUnit() throws(PatternError) {
    if take("{") {
      var digits = ""
      while let scalar = peek, scalar != "}" {
        digits.unicodeScalars.append(scalar)
        position += 1
      }
      guard take("}"), let value = UInt32(digits, radix: 16), Unicode.Scalar(value) != nil else {
        throw PatternError(reason: "'\\u{\(digits)' is no code point")
      }
      return literal(value)
    }
    var unit = try hex(4, after: "\\u")
    if (0xD800...0xDBFF).contains(unit), take("\\u") {
      let low = try hex(4, after: "\\u")
      guard (0xDC00...0xDFFF).contains(low) else {
        throw PatternError(reason: "a high surrogate is not followed by a low one")
      }
      unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
    }
    guard Unicode.Scalar(unit) != nil else {
      throw PatternError(reason: "a lone surrogate cannot occur in UTF-8 text")
    }
    literal(unit)
  }

  /// `\p{Name}` or `\p{Kind=Name}`; PCRE2 knows general categories by their short names only.
  private mutating func property(_ letter: Unicode.Scalar) throws(PatternError) {
    var name = ""
    guard take("{") else { throw PatternError(reason: "after '\\\(letter)' comes '{'") }
    while let scalar = peek, scalar != "}" {
      name.unicodeScalars.append(scalar)
      position += 1
    }
    guard take("}") else { throw PatternError(reason: "'\\\(letter){' is not closed") }
    for prefix in ["General_Category=", "gc="] where name.hasPrefix(prefix) {
      name = String(name.dropFirst(prefix.count))
    }
    output += "\\\(letter){\(ECMAPattern.categories[name] ?? name)}"
  }

  private mutating func literal(_ value: UInt32) { output += "\\x{\(String(value, radix: 16))}" }

  private mutating func hex(_ count: Int, after what: String) throws(PatternError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let scalar = peek, scalar.isASCII,
        let digit = Character(scalar).hexDigitValue.flatMap(UInt32.init(exactly:))
      else { throw PatternError(reason: "after '\(what)' come \(count) hexadecimal digits") }
      value = value << 4 | digit
      position += 1
    }
    return value
  }

  private mutating func take(_ text: String) -> Bool {
    guard scalars[position...].starts(with: text.unicodeScalars) else { return false }
    position += text.unicodeScalars.count
    return true
  }

  private static let spaces =
    "\\x09-\\x0d\\x20\\xa0\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}"
  private static let nonSpaces =
    "\\x00-\\x08\\x0e-\\x1f\\x21-\\x9f\\xa1-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}"
    + "\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}"

  private static let categories: [String: String] = [
    "Letter": "L", "Lowercase_Letter": "Ll", "Uppercase_Letter": "Lu", "Titlecase_Letter": "Lt",
    "Modifier_Letter": "Lm", "Other_Letter": "Lo", "Mark": "M", "Nonspacing_Mark": "Mn",
    "Spacing_Mark": "Mc", "Enclosing_Mark": "Me", "Number": "N", "Decimal_Number": "Nd",
    "digit": "Nd", "Letter_Number": "Nl", "Other_Number": "No", "Punctuation": "P", "punct": "P",
    "Connector_Punctuation": "Pc", "Dash_Punctuation": "Pd", "Open_Punctuation": "Ps",
    "Close_Punctuation": "Pe", "Initial_Punctuation": "Pi", "Final_Punctuation": "Pf",
    "Other_Punctuation": "Po", "Symbol": "S", "Math_Symbol": "Sm", "Currency_Symbol": "Sc",
    "Modifier_Symbol": "Sk", "Other_Symbol": "So", "Separator": "Z", "Space_Separator": "Zs",
    "Line_Separator": "Zl", "Paragraph_Separator": "Zp", "Other": "C", "Control": "Cc",
    "Format": "Cf", "Private_Use": "Co", "Unassigned": "Cn",
  ]
}

/// Why a text is no regular expression.
struct PatternError: Error {
  let reason: String
  /// Whether it is one of ECMA-262 all the same, but one that PCRE2 cannot run.
  var isExpression = false
}
