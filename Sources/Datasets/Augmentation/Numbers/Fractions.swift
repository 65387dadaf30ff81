/// Fractions in texts: `3분의 1`, `1/2`, `1 / 2`, `\frac{1}{2}`.
enum Fractions {
  /// Whether digits are a part of a fraction whose parts do not stand together without a space.
  static func haveIn(_ scalars: [Unicode.Scalar], part range: Range<Int>) -> Bool {
    let before = beforeSpaces(scalars, range.lowerBound)
    let behind = behindSpaces(scalars, range.upperBound)
    if hasWord(scalars, endingAt: before) || hasWord(scalars, at: behind) { return true }
    if before > 0, scalars[before - 1] == "/" {
      return isDigit(scalars, beforeSpaces(scalars, before - 1) - 1)
    }
    if behind < scalars.count, scalars[behind] == "/" {
      return isDigit(scalars, behindSpaces(scalars, behind + 1))
    }
    return isInMacro(scalars, range.lowerBound)
  }

  /// The numerators and denominators of a text; those of more than 15 digits as zero. What has a second
  /// slash is a date.
  static func numbers(in scalars: [Unicode.Scalar]) -> Set<NumberKey> {
    var found: Set<NumberKey> = []
    var place = 0
    while let run = digits(scalars, from: place) {
      place = run.upperBound
      if isInMacro(scalars, run.lowerBound) { found.insert(key(scalars[run])) }
      var next = behindSpaces(scalars, place)
      let isSlash = next < scalars.count && scalars[next] == "/"
      guard isSlash || hasWord(scalars, at: next) else { continue }
      next = behindSpaces(scalars, next + (isSlash ? 1 : word.count))
      guard isDigit(scalars, next), let other = digits(scalars, from: next) else { continue }
      let isDate =
        isSlash
        && (run.lowerBound > 0 && scalars[run.lowerBound - 1] == "/"
          || other.upperBound < scalars.count && scalars[other.upperBound] == "/")
      if !isDate { found.formUnion([key(scalars[run]), key(scalars[other])]) }
    }
    return found
  }

  private static func key(_ digits: ArraySlice<Unicode.Scalar>) -> NumberKey {
    NumberKey(scaled: digits.count <= 15 ? Int(String(scalars: digits)) ?? 0 : 0, decimals: 0)
  }

  private static func digits(_ scalars: [Unicode.Scalar], from place: Int) -> Range<Int>? {
    guard let start = scalars[place...].firstIndex(where: NumberScanner.isDigit) else { return nil }
    let end = scalars[start...].firstIndex { !NumberScanner.isDigit($0) } ?? scalars.count
    return start..<end
  }

  // MARK: Words

  private static let word = Array("분의".unicodeScalars)

  private static func hasWord(_ scalars: [Unicode.Scalar], at place: Int) -> Bool {
    scalars[place...].starts(with: word)
  }

  /// Whether `3분의` or `십분의` ends at a place, and not 대부분의.
  private static func hasWord(_ scalars: [Unicode.Scalar], endingAt end: Int) -> Bool {
    guard end > word.count, scalars[(end - word.count)..<end].elementsEqual(word) else {
      return false
    }
    let last = beforeSpaces(scalars, end - word.count) - 1
    return isDigit(scalars, last) || last >= 0 && numerals.contains(scalars[last])
  }

  private static let numerals = Set("삼사오육칠팔구십백천만몇".unicodeScalars)

  private static func isDigit(_ scalars: [Unicode.Scalar], _ place: Int) -> Bool {
    scalars.indices.contains(place) && NumberScanner.isDigit(scalars[place])
  }

  private static func behindSpaces(_ scalars: [Unicode.Scalar], _ place: Int) -> Int {
    scalars[place...].prefix(spaces).firstIndex { $0 != " " } ?? min(place + spaces, scalars.count)
  }

  private static func beforeSpaces(_ scalars: [Unicode.Scalar], _ place: Int) -> Int {
    scalars[..<place].suffix(spaces).lastIndex { $0 != " " }.map { $0 + 1 }
      ?? max(place - spaces, 0)
  }

  /// How many spaces are looked across, so that a text takes linear time.
  private static let spaces = 4

  // MARK: Macros

  /// Whether a place is within the braces of `\frac{…}{…}`.
  private static func isInMacro(_ scalars: [Unicode.Scalar], _ place: Int) -> Bool {
    guard var open = openBrace(scalars, before: place) else { return false }
    if open > 0, scalars[open - 1] == "}", let first = openBrace(scalars, before: open - 1) {
      open = first
    }
    let name = scalars[..<open].suffix(4)
    return name.elementsEqual("frac".unicodeScalars)
  }

  /// The brace that is open at a place, if it is near.
  private static func openBrace(_ scalars: [Unicode.Scalar], before place: Int) -> Int? {
    var depth = 0
    for index in stride(from: place - 1, through: max(0, place - 64), by: -1) {
      switch scalars[index] {
      case "}": depth += 1
      case "{" where depth == 0: return index
      case "{": depth -= 1
      default: break
      }
    }
    return nil
  }
}
