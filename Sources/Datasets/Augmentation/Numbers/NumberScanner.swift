/// Finds the numbers of a text that count or measure something.
///
/// Left out is what only looks like one: codes such as `[4수01-01]`, dates and times of day, phone
/// numbers, ordinals, fractions, ratios without spaces, identifiers, versions, numbers with leading
/// zeros or more than 15 digits, and zero.
enum NumberScanner {
  /// In the order of the text. Takes time linear in the length.
  static func numbers(in scalars: [Unicode.Scalar]) -> [NumberToken] {
    var found: [NumberToken] = []
    var position = 0
    var codeEnd = 0
    while position < scalars.count {
      guard isDigit(scalars[position]) else {
        position += 1
        continue
      }
      if let end = CurriculumCode.end(in: scalars, from: position) { codeEnd = end }
      let end = clusterEnd(scalars, from: position)
      let cluster = position..<end
      position = end
      let context = NumberContext(scalars, cluster)
      guard cluster.lowerBound >= codeEnd, !context.isTied,
        var tokens = NumberCluster(scalars, cluster).tokens
      else { continue }
      if context.isBeforeLatinWord, let last = tokens.popLast() {
        // One apple stays one.
        if last.key != NumberKey(scaled: 1, decimals: 0) {
          tokens.append(last.beforeLatinWord)
        }
      }
      found += tokens
    }
    return found
  }

  /// Digits, and what joins them to more digits without a space.
  private static func clusterEnd(_ scalars: [Unicode.Scalar], from start: Int) -> Int {
    var end = start + 1
    while end < scalars.count {
      if isDigit(scalars[end]) {
        end += 1
      } else if joiners.contains(scalars[end]), end + 1 < scalars.count, isDigit(scalars[end + 1]) {
        end += 2
      } else {
        break
      }
    }
    return end
  }

  private static let joiners: Set<Unicode.Scalar> = [".", ",", ":", "/", "-", "~", "–", "∼"]

  static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  static func isLatin(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
  }
}

/// Codes of achievement standards, such as `4수01-01` and `10공수1-01-02`.
enum CurriculumCode {
  /// The end of the code that begins at a digit; nil where there is none.
  static func end(in scalars: [Unicode.Scalar], from start: Int) -> Int? {
    var position = start
    func take(_ range: ClosedRange<Int>, _ isPart: (Unicode.Scalar) -> Bool) -> Bool {
      var count = 0
      while count < range.upperBound, position < scalars.count, isPart(scalars[position]) {
        position += 1
        count += 1
      }
      return range.contains(count)
    }
    guard take(1...2, NumberScanner.isDigit), take(1...6, KoreanParticle.isSyllable),
      take(1...2, NumberScanner.isDigit), take(1...1, { $0 == "-" }),
      take(2...2, NumberScanner.isDigit)
    else { return nil }
    let end = position
    return take(1...1) { $0 == "-" } && take(2...2, NumberScanner.isDigit) ? position : end
  }
}

/// Digits that stand together, taken apart into numbers.
struct NumberCluster {
  private let scalars: [Unicode.Scalar]
  private let range: Range<Int>

  init(_ scalars: [Unicode.Scalar], _ range: Range<Int>) {
    self.scalars = scalars
    self.range = range
  }

  /// The numbers; nil where any part is none, as in a date.
  var tokens: [NumberToken]? {
    let text = scalars[range]
    guard text.count <= 64, !text.contains(where: { $0 == ":" || $0 == "/" }) else { return nil }
    let parts = text.split(whereSeparator: { ["-", "~", "–", "∼"].contains($0) })
    guard parts.count <= 2 else { return nil }
    // 1588-1234 is no difference.
    if parts.count == 2, text.count(where: NumberScanner.isDigit) > 6 { return nil }
    var tokens: [NumberToken] = []
    for part in parts {
      guard let some = NumberCluster.numbers(part) else { return nil }
      tokens += some
    }
    return tokens
  }

  /// One number, or several that commas part.
  private static func numbers(_ part: ArraySlice<Unicode.Scalar>) -> [NumberToken]? {
    let groups = part.split(separator: ",")
    if let number = number(part, groups) { return [number].filter { $0.key.scaled > 0 } }
    guard groups.count > 1 else { return nil }
    var tokens: [NumberToken] = []
    for group in groups {
      guard let token = number(group, [group]) else { return nil }
      if token.key.scaled > 0 { tokens.append(token) }
    }
    return tokens
  }

  private static func number(
    _ part: ArraySlice<Unicode.Scalar>, _ groups: [ArraySlice<Unicode.Scalar>]
  ) -> NumberToken? {
    let halves = part.split(separator: ".")
    guard halves.count <= 2, let whole = halves.first else { return nil }
    let wholeGroups = whole.split(separator: ",")
    if groups.count > 1 {
      guard let first = wholeGroups.first, first.count <= 3,
        wholeGroups.dropFirst().allSatisfy({ $0.count == 3 }),
        wholeGroups.count == groups.count
      else { return nil }
    }
    let digits = whole.filter { $0 != "," }
    guard digits.count == 1 || digits.first != "0" else { return nil }
    let decimals = halves.count == 2 ? halves[1].count : 0
    let all = digits + (halves.count == 2 ? halves[1] : [])
    guard all.count <= 15, let scaled = Int(String(scalars: all)) else { return nil }
    return NumberToken(
      range: part.startIndex..<part.endIndex,
      key: NumberKey(scaled: scaled, decimals: decimals), isGrouped: groups.count > 1)
  }
}
