/// Reads GBNF: `name ::= "text" [a-z] other* ( x | y ){2,3} .`, with `#` before remarks.
///
/// llama.cpp's `<token>` is not read: whether a text fits a grammar must not depend on the vocabulary.
struct GrammarParser {
  enum Symbol {
    case set(ScalarSet)
    case rule(Int)
  }

  /// Rules in the order of their first mention.
  struct Draft {
    var rules: [[[Symbol]]] = []
    var names: [String] = []
    /// In which line each was mentioned first, from 1.
    var lines: [Int] = []
    var root = 0
  }

  static let mostBytes = 1 << 20
  /// Symbols of all rules, after repetitions have been written out.
  static let mostSymbols = 200_000
  private static let mostDepth = 100

  private let scalars: [UInt32]
  private var place = 0
  /// The line of `lineMark`, from 1; counted on from there, so that a text is gone through once.
  private var lineCount = 1
  private var lineMark = 0
  private var draft = Draft()
  private var numbers: [String: Int] = [:]
  private var defined: Set<Int> = []
  private var symbols = 0
  private var depth = 0

  init(_ text: String) {
    // A text that is too long is not looked at.
    scalars = text.utf8.count > Self.mostBytes ? [] : text.unicodeScalars.map(\.value)
    isTooLong = text.utf8.count > Self.mostBytes
  }

  private let isTooLong: Bool

  mutating func parse() throws(RuntimeError) -> Draft {
    guard !isTooLong else { throw wrong("it has more than \(Self.mostBytes) bytes") }
    skipSpace(lines: true)
    while place < scalars.count { try parseRule() }
    guard let root = numbers["root"] else { throw wrong("it has no rule 'root'") }
    draft.root = root
    if let missing = draft.rules.indices.first(where: { !defined.contains($0) }) {
      throw .invalidGrammar(
        line: draft.lines[missing], column: 1,
        reason: "the rule '\(draft.names[missing])' is used, but not defined")
    }
    return draft
  }

  // MARK: Rules

  private mutating func parseRule() throws(RuntimeError) {
    let start = place
    let name = try parseName()
    let number = self.number(of: name)
    guard defined.insert(number).inserted else {
      place = start
      throw wrong("the rule '\(name)' is defined twice")
    }
    skipSpace(lines: false)
    for mark in "::=".unicodeScalars { try take(mark, "'::=' after the name of a rule") }
    skipSpace(lines: true)
    draft.rules[number] = try parseAlternatives(isNested: false, in: name)
    guard place == scalars.count || isLineEnd(scalars[place]) else {
      throw wrong("expected a symbol, '|' or the end of the line")
    }
    skipSpace(lines: true)
  }

  private mutating func parseAlternatives(isNested: Bool, in rule: String) throws(RuntimeError)
    -> [[Symbol]]
  {
    var alternatives = [try parseSequence(isNested: isNested, in: rule)]
    while peek == "|" {
      place += 1
      skipSpace(lines: true)
      alternatives.append(try parseSequence(isNested: isNested, in: rule))
    }
    return alternatives
  }

  private mutating func parseSequence(isNested: Bool, in rule: String) throws(RuntimeError)
    -> [Symbol]
  {
    var sequence: [Symbol] = []
    /// Where the symbol that a repetition repeats begins.
    var last = 0
    while let scalar = peek {
      switch scalar {
      case "\"":
        last = sequence.count
        sequence += try parseLiteral()
      case "[":
        last = sequence.count
        sequence.append(.set(try parseSet()))
      case ".":
        place += 1
        last = sequence.count
        sequence.append(.set(.all))
      case "(":
        last = sequence.count
        sequence.append(try parseGroup(in: rule))
      case "*", "+", "?", "{":
        guard last < sequence.count else { throw wrong("there is nothing to repeat") }
        let bounds = try parseRepetition()
        let repeated = Array(sequence[last...])
        sequence.removeSubrange(last...)
        sequence += try repetition(of: repeated, bounds.least, bounds.most, in: rule)
      case _ where Self.isNameScalar(scalar.value):
        last = sequence.count
        let name = try parseName()
        try count(1)
        sequence.append(.rule(number(of: name)))
      default: return sequence
      }
      skipSpace(lines: isNested)
    }
    return sequence
  }

  private mutating func parseGroup(in rule: String) throws(RuntimeError) -> Symbol {
    place += 1
    depth += 1
    guard depth <= Self.mostDepth else { throw wrong("groups lie in each other too deeply") }
    skipSpace(lines: true)
    let alternatives = try parseAlternatives(isNested: true, in: rule)
    try take(")", "')'")
    depth -= 1
    return .rule(try add(alternatives, to: rule))
  }

  // MARK: Repetitions

  private mutating func parseRepetition() throws(RuntimeError) -> (least: Int, most: Int?) {
    let mark = peek
    place += 1
    switch mark {
    case "*": return (0, nil)
    case "+": return (1, nil)
    case "?": return (0, 1)
    default: break
    }
    skipSpace(lines: true)
    let least = try parseNumber()
    skipSpace(lines: true)
    var most: Int? = least
    if peek == "," {
      place += 1
      skipSpace(lines: true)
      most = peek == "}" ? nil : try parseNumber()
      skipSpace(lines: true)
    }
    try take("}", "'}'")
    if let most, most < least { throw wrong("{\(least),\(most)} can never be fulfilled") }
    return (least, most)
  }

  private mutating func parseNumber() throws(RuntimeError) -> Int {
    var value: Int?
    while let digit = peek?.properties.numericType == .decimal ? peek?.value : nil, digit < 58 {
      value = min(Self.mostSymbols + 1, (value ?? 0) * 10 + Int(digit) - 48)
      place += 1
    }
    guard let value else { throw wrong("expected a number") }
    return value
  }

  /// Writes a repetition as symbols and rules of its own.
  private mutating func repetition(
    of symbols: [Symbol], _ least: Int, _ most: Int?, in rule: String
  ) throws(RuntimeError) -> [Symbol] {
    var one = symbols
    if symbols.count > 1 { one = [.rule(try add([symbols], to: rule))] }
    try count(least * one.count)
    var result = Array(repeating: one, count: least).flatMap { $0 }
    guard let most else {
      // more ::= one more |
      let more = number(of: "\(rule) \(draft.rules.count)")
      defined.insert(more)
      try count(3)
      draft.rules[more] = [one + [.rule(more)], []]
      return result + [.rule(more)]
    }
    // upTo2 ::= one upTo1 | and so on.
    var upTo: [Symbol] = []
    for _ in 0..<(most - least) { upTo = [.rule(try add([one + upTo, []], to: rule))] }
    result += upTo
    return result
  }

  /// Adds a rule that has no name in the text.
  private mutating func add(_ alternatives: [[Symbol]], to rule: String) throws(RuntimeError) -> Int
  {
    try count(alternatives.reduce(1) { $0 + $1.count })
    let number = number(of: "\(rule) \(draft.rules.count)")
    draft.rules[number] = alternatives
    defined.insert(number)
    return number
  }

  private mutating func count(_ more: Int) throws(RuntimeError) {
    symbols += more
    guard symbols <= Self.mostSymbols else {
      throw wrong("with its repetitions written out it has more than \(Self.mostSymbols) symbols")
    }
  }

  // MARK: Texts and sets

  private mutating func parseLiteral() throws(RuntimeError) -> [Symbol] {
    place += 1
    var literal: [Symbol] = []
    while peek != "\"" {
      let scalar = try parseScalar("'\"'")
      literal.append(.set(ScalarSet([scalar...scalar])))
      try count(1)
    }
    place += 1
    return literal
  }

  private mutating func parseSet() throws(RuntimeError) -> ScalarSet {
    place += 1
    try count(1)
    let isInverted = peek == "^"
    if isInverted { place += 1 }
    var ranges: [ClosedRange<UInt32>] = []
    while peek != "]" {
      let first = try parseScalar("']'")
      var last = first
      if peek == "-", place + 1 < scalars.count, scalars[place + 1] != UInt32(UInt8(ascii: "]")) {
        place += 1
        last = try parseScalar("the end of a range")
      }
      guard first <= last else { throw wrong("a range ends before it begins") }
      ranges.append(first...last)
    }
    place += 1
    let set = isInverted ? ScalarSet(ranges).inverted : ScalarSet(ranges)
    guard !set.ranges.isEmpty else { throw wrong("a set of characters is empty") }
    return set
  }

  private mutating func parseScalar(_ end: String) throws(RuntimeError) -> UInt32 {
    guard let scalar = peek else { throw wrong("expected \(end), found the end") }
    place += 1
    guard scalar == "\\" else { return scalar.value }
    guard let escaped = peek else { throw wrong("expected \(end), found the end") }
    place += 1
    switch escaped {
    case "n": return 10
    case "r": return 13
    case "t": return 9
    case "\\", "\"", "[", "]", "-": return escaped.value
    case "x": return try parseHex(2)
    case "u": return try parseHex(4)
    case "U": return try parseHex(8)
    default: throw wrong("'\\\(escaped)' is no escape")
    }
  }

  private mutating func parseHex(_ digits: Int) throws(RuntimeError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let scalar = peek, scalar.isASCII, let digit = Character(scalar).hexDigitValue else {
        throw wrong("expected \(digits) hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      place += 1
    }
    guard Unicode.Scalar(value) != nil else { throw wrong("there is no such character") }
    return value
  }

  // MARK: Places

  private var peek: Unicode.Scalar? {
    place < scalars.count ? Unicode.Scalar(scalars[place]) : nil
  }

  private mutating func take(_ scalar: Unicode.Scalar, _ what: String) throws(RuntimeError) {
    guard peek == scalar else { throw wrong("expected \(what)") }
    place += 1
  }

  private static func isNameScalar(_ value: UInt32) -> Bool {
    guard value < 128 else { return false }
    let character = Character(Unicode.Scalar(UInt8(value)))
    return character.isLetter || character.isNumber || character == "-"
  }

  private mutating func parseName() throws(RuntimeError) -> String {
    let start = place
    while place < scalars.count, Self.isNameScalar(scalars[place]) { place += 1 }
    guard place > start else { throw wrong("expected the name of a rule") }
    return String(decoding: scalars[start..<place].map { UInt8($0) }, as: UTF8.self)
  }

  private mutating func number(of name: String) -> Int {
    if let number = numbers[name] { return number }
    numbers[name] = draft.rules.count
    draft.rules.append([])
    draft.names.append(String(name.prefix { $0 != " " }))
    if place > lineMark {
      lineCount += scalars[lineMark..<place].count { $0 == 10 }
      lineMark = place
    }
    draft.lines.append(lineCount)
    return draft.rules.count - 1
  }

  private func isLineEnd(_ scalar: UInt32) -> Bool { scalar == 10 || scalar == 13 }

  private mutating func skipSpace(lines: Bool) {
    while place < scalars.count {
      let scalar = scalars[place]
      if scalar == 35 {
        while place < scalars.count, !isLineEnd(scalars[place]) { place += 1 }
      } else if scalar == 32 || scalar == 9 || (lines && isLineEnd(scalar)) {
        place += 1
      } else {
        return
      }
    }
  }

  private var line: Int { 1 + scalars[..<place].count { $0 == 10 } }

  private func wrong(_ reason: String) -> RuntimeError {
    let start = (scalars[..<place].lastIndex(of: 10) ?? -1) + 1
    return .invalidGrammar(line: line, column: place - start + 1, reason: reason)
  }
}
