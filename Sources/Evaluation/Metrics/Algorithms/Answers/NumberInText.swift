import JSON

/// The numbers that a text mentions.
///
/// A number is ASCII digits, with thousands separated by commas (`1,234`, groups of three) or not,
/// a fraction behind a point, an exponent (`1e6`) behind which no letter or digit stands. A `-` or
/// `−` directly before it, or before its currency sign, makes it negative unless a letter, digit or
/// closing bracket stands before that: 5-3 mentions 5 and 3. Units, percent and currency signs are
/// ignored: `$1,250.50`, `3,500원` and `42%` mention 1250.5, 3500 and 42. So are numbers in words,
/// fractions and Chinese or Korean digits; full-width digits become ASCII's by NFKC.
struct NumberInText {
  private let text: Scalars
  private var index = 0

  init(_ text: String) { self.text = Array(text.unicodeScalars) }

  /// The first or last number, in canonical JSON: `1,250.50` is `1250.5`. Nil where there is none.
  static func canonical(_ pick: BoundedPattern.Pick, in text: String) -> String? {
    var scanner = NumberInText(text)
    var found: String?
    while let number = scanner.next() {
      found = number
      if pick == .first { break }
    }
    return found
  }

  /// The next number, nil at the end.
  private mutating func next() -> String? {
    while index < text.count {
      let start = index
      guard let lexeme = number() else {
        index += 1
        continue
      }
      let sign = isNegative(before: start) ? "-" : ""
      if let value = try? JSONValue(parsing: sign + lexeme) { return value.canonical }
    }
    return nil
  }

  /// Reads a number at the present place, in JSON's grammar.
  private mutating func number() -> String? {
    var whole = digits()
    // A comma groups thousands only where three digits follow, and no more.
    while (1...3).contains(whole.count) || whole.count > 3 && isGrouped, scalar(0) == ",",
      (1...3).allSatisfy({ isDigit($0) }), !isDigit(4)
    {
      isGrouped = true
      whole += text[(index + 1)...(index + 3)]
      index += 4
    }
    isGrouped = false
    var fraction = Scalars()
    if scalar(0) == ".", isDigit(1), !whole.isEmpty || !isDigit(-1) {
      index += 1
      fraction = digits()
    }
    guard !whole.isEmpty || !fraction.isEmpty else { return nil }
    let plain = whole.drop { $0 == "0" }
    return (plain.isEmpty ? "0" : plain.text) + (fraction.isEmpty ? "" : "." + fraction.text)
      + exponent().text
  }

  /// Whether the number being read has had a comma.
  private var isGrouped = false

  private mutating func digits() -> Scalars {
    let start = index
    while isDigit(0) { index += 1 }
    return Array(text[start..<index])
  }

  private mutating func exponent() -> Scalars {
    guard scalar(0) == "e" || scalar(0) == "E" else { return [] }
    let start = index
    index += scalar(1) == "-" || scalar(1) == "+" ? 2 : 1
    let power = digits()
    if power.isEmpty || scalar(0)?.isLetterOrNumber == true {
      index = start
      return []
    }
    return Array(text[start..<index])
  }

  private func isNegative(before start: Int) -> Bool {
    var place = start - 1
    if place >= 0, text[place].properties.generalCategory == .currencySymbol { place -= 1 }
    guard place >= 0, text[place] == "-" || text[place] == "\u{2212}" else { return false }
    guard place > 0 else { return true }
    let before = text[place - 1]
    return !before.isLetterOrNumber && before != ")" && before != "]"
  }

  private func scalar(_ offset: Int) -> Unicode.Scalar? {
    let place = index + offset
    return text.indices.contains(place) ? text[place] : nil
  }

  private func isDigit(_ offset: Int) -> Bool { scalar(offset)?.isDigit ?? false }
}
