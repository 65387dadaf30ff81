import JSON

extension SchemaGrammarWriter {
  func string(_ keywords: SchemaKeywords) throws -> String {
    let (least, most) = try keywords.bounds("minLength", "maxLength")
    if least == 0, most == nil { return "string" }
    return #""\"" character{\#(least),\#(most.map(String.init) ?? "")} "\"""#
  }

  func number(_ keywords: SchemaKeywords) throws -> String {
    for keyword in ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]
    where keywords[keyword] != nil {
      throw keywords.unsupported(keyword, "only integers can be bounded")
    }
    return "number"
  }

  func integer(_ keywords: SchemaKeywords) throws -> String {
    let least = try bound(keywords, "minimum", "exclusiveMinimum", step: 1)
    let most = try bound(keywords, "maximum", "exclusiveMaximum", step: -1)
    guard least != nil || most != nil else { return "integer" }
    // As long as an integer without bounds may be.
    let range = (least ?? -IntegerRange.limit, most ?? IntegerRange.limit)
    guard range.0 <= range.1 else {
      throw keywords.invalid(least == nil ? "maximum" : "minimum", "no value fulfils it")
    }
    return IntegerRange(range.0, range.1).body
  }

  /// The tighter of two bounds, as the first or last integer that is allowed.
  private func bound(
    _ keywords: SchemaKeywords, _ inclusive: String, _ exclusive: String, step: Int
  ) throws -> Int? {
    var bounds: [Int] = []
    for (keyword, shift) in [(inclusive, 0), (exclusive, step)] {
      guard let value = keywords[keyword] else { continue }
      guard let number = value.int, abs(number) < IntegerRange.limit else {
        throw keywords.unsupported(
          keyword, "expected a whole number of at most 16 digits, as bounds of an integer are")
      }
      bounds.append(number + shift)
    }
    return step > 0 ? bounds.max() : bounds.min()
  }
}

/// The decimal notations of the integers from one to another.
struct IntegerRange {
  static let limit = 9_999_999_999_999_999

  private let least: Int
  private let most: Int

  init(_ least: Int, _ most: Int) {
    self.least = least
    self.most = most
  }

  /// A group of GBNF.
  var body: String {
    var parts: [String] = []
    if least < 0 {
      parts += Self.natural(max(1, -most), -least).map { "\"-\" \($0)" }
    }
    if most >= 0 { parts += Self.natural(max(0, least), most) }
    return "( " + parts.joined(separator: " | ") + " )"
  }

  /// The notations of `low...high`, at least 0: those of each length by themselves.
  private static func natural(_ low: Int, _ high: Int) -> [String] {
    var parts: [String] = []
    var low = low
    while low <= high {
      let length = String(low).count
      let longest = Int(String(repeating: "9", count: length)) ?? high
      let last = min(high, longest)
      parts.append(digits(Array(String(low)), Array(String(last))))
      low = last + 1
    }
    return parts
  }

  /// The texts of digits between two of the same length.
  private static func digits(_ low: [Character], _ high: [Character]) -> String {
    guard let first = low.first, let last = high.first else { return "\"\"" }
    let rest = low.count - 1
    if rest == 0 { return set(first, last) }
    let (lowRest, highRest) = (Array(low.dropFirst()), Array(high.dropFirst()))
    let isFull = lowRest.allSatisfy { $0 == "0" } && highRest.allSatisfy { $0 == "9" }
    if isFull { return "\(set(first, last)) [0-9]{\(rest)}" }
    if first == last { return "\"\(first)\" \(group(digits(lowRest, highRest)))" }
    let zeros = Array(repeating: Character("0"), count: rest)
    let nines = Array(repeating: Character("9"), count: rest)
    var parts = ["\"\(first)\" \(group(digits(lowRest, nines)))"]
    let (after, before) = (shift(first, 1), shift(last, -1))
    if after <= before { parts.append("\(set(after, before)) [0-9]{\(rest)}") }
    parts.append("\"\(last)\" \(group(digits(zeros, highRest)))")
    return group(parts.joined(separator: " | "))
  }

  private static func group(_ body: String) -> String { "( \(body) )" }
  private static func set(_ first: Character, _ last: Character) -> String {
    first == last ? "\"\(first)\"" : "[\(first)-\(last)]"
  }
  private static func shift(_ digit: Character, _ by: Int) -> Character {
    Character(String((digit.wholeNumberValue ?? 0) + by))
  }
}
