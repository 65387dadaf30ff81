import JSON
import Testing

/// SplitMix64: the same values in every run.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func value(depth: Int = 0) -> JSONValue {
    switch Int.random(in: 0..<(depth > 4 ? 5 : 7), using: &self) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &self))
    case 2: return .integer(Int64.random(in: .min ... .max, using: &self))
    case 3: return .double(Double(bitPattern: next()))
    case 4: return .string(text())
    case 5:
      return .array((0..<Int.random(in: 0..<5, using: &self)).map { _ in value(depth: depth + 1) })
    default:
      let members = (0..<Int.random(in: 0..<5, using: &self)).map { _ in
        (text(), value(depth: depth + 1))
      }
      return .object(Dictionary(members) { first, _ in first })
    }
  }

  mutating func text() -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0..<8, using: &self) {
      let limit: UInt32 =
        [0x30, 0x80, 0x3000, 0xD7FF, 0x10FFFF].randomElement(using: &self) ?? 0x80
      text.unicodeScalars.append(
        Unicode.Scalar(UInt32.random(in: 0...limit, using: &self)) ?? "\u{0}")
    }
    return text
  }
}

@Suite struct CanonicalLaws {
  @Test("parsing the canonical text gives the value back, and it is its own canonical text")
  func roundTrip() throws {
    var generator = SeededGenerator(state: 1)
    for _ in 0..<2000 {
      let value = generator.value()
      let parsed = try JSONValue(parsing: value.canonical)
      #expect(parsed == value)
      #expect(parsed.canonical == value.canonical)
      #expect(try JSONValue(parsing: value.pretty) == value)
    }
  }

  @Test(
    "numbers of equal value are equal, hash equally and have one canonical text",
    arguments: [
      (["1", "1.0", "1e0", "10e-1"], "1"), (["0", "-0", "0.0e5"], "0"), (["100", "1E+2"], "100"),
      (["0.1", "1e-1", "0.10"], "0.1"), (["1e400", "10e399"], "1e400"),
      (["9007199254740993", "9007199254740993.0"], "9007199254740993"),
      (["-9223372036854775808", "-9.223372036854775808e18"], "-9223372036854775808"),
      (["9223372036854775808", "9.223372036854775808e18"], "9223372036854775808"),
      (["18446744073709551615"], "18446744073709551615"), (["1e20"], "100000000000000000000"),
      (["1e21", "1000000000000000000000"], "1e+21"),
      (["-12345678901234567890123", "-1234567890123456789012.3e1"], "-12345678901234567890123"),
      (["1234567890123456789e5"], "123456789012345678900000"),
      (["1.7976931348623157e308"], "1.7976931348623157e308"),
      (["1234567890123456789e301"], "1.234567890123456789e319"),
      (["0.8444218515250481"], "8.444218515250481e-1"), (["0.00005"], "5e-05"),
      (
        ["0.1000000000000000055511151231257827"],
        "1.000000000000000055511151231257827e-1"
      ),
      (["1e-400"], "1e-400"), (["0.99999999999999999999"], "9.9999999999999999999e-1"),
    ])
  func numbers(spellings: [String], canonical: String) throws {
    let values = try spellings.map { try JSONValue(parsing: $0) }
    for value in values {
      #expect(value == values[0])
      #expect(value.canonical == canonical)
    }
    #expect(Set(values).count == 1)
  }

  @Test(
    "people read numbers of many digits without exponent, and the value is the same",
    arguments: [
      ("3.141592653589793", "3.141592653589793"), ("3.0000000000000004e1", "30.000000000000004"),
      ("-0.8444218515250481", "-0.8444218515250481"), ("0.00123456789012345678", nil),
      ("1.23456789012345678e-7", "1.23456789012345678e-7"), ("1.5", "1.5"), ("1e400", "1e400"),
      ("12345678901234567890123", "12345678901234567890123"), ("5e-05", "5e-05"),
    ])
  func readable(_ text: String, _ expected: String?) throws {
    guard case .number(let number) = try JSONValue(parsing: text) else {
      Issue.record("no number")
      return
    }
    #expect(number.readable == expected ?? text)
    #expect(try JSONValue(parsing: number.readable) == .number(number))
  }

  @Test(
    "a number of any digits keeps its exact value, and whole ones of many digits keep their form")
  func lossless() throws {
    var generator = SeededGenerator(state: 3)
    for round in 0..<2000 {
      let count = 1 + Int(generator.next() % 60)
      var digits = String((0..<count).map { _ in Character("\(generator.next() % 10)") })
      digits = String(digits.drop { $0 == "0" })
      guard !digits.isEmpty else { continue }
      let point = Int(generator.next() % UInt64(digits.count))
      let fraction = round % 2 == 0 ? "" : "0." + String(repeating: "0", count: point) + digits
      let text = fraction.isEmpty ? digits : fraction
      let number = try #require(JSONValue.numberOf(text))
      let written = try #require(JSONValue.numberOf(number.canonical))
      #expect(written.decimal == number.decimal, "\(text)")
      #expect(written.canonical == number.canonical, "\(text)")
      let zeros = digits.reversed().prefix { $0 == "0" }.count
      if fraction.isEmpty, digits.count <= 21 || digits.count - zeros > 17 {
        #expect(number.canonical == text)
      }
    }
  }

  @Test(
    "numbers that differ in any digit differ",
    arguments: [("1", "0.99999999999999999999"), ("0", "1e-400"), ("1e400", "1e401"), ("1", "-1")])
  func distinctNumbers(left: String, right: String) throws {
    #expect(try JSONValue(parsing: left) != JSONValue(parsing: right))
  }

  @Test("members are sorted by their bytes and escapes are the shortest")
  func canonicalText() throws {
    let value = try JSONValue(parsing: #" { "나":1, "b" : "\u0041\u0000\n\/", "a":[ ] } "#)
    #expect(value.canonical == #"{"a":[],"b":"A\u0000\n/","나":1}"#)
  }

  @Test("strings and names compare by code points, not by canonical equivalence")
  func normalisation() {
    #expect(JSONValue.string("\u{AC00}") != .string("\u{1100}\u{1161}"))
    #expect(JSONValue.object(["\u{AC00}": 1]) != .object(["\u{1100}\u{1161}": 1]))
  }

  @Test("decimals order as numbers do")
  func order() throws {
    let ordered = [
      "-1e400", "-2", "-1.5", "-1e-400", "0", "1e-400", "0.5", "1", "1.5", "2e0", "1e400",
    ]
    let numbers = try ordered.map { text -> JSONNumber in
      guard case .number(let number) = try JSONValue(parsing: text) else { return JSONNumber(0) }
      return number
    }
    for (left, right) in zip(numbers, numbers.dropFirst()) {
      #expect(left < right)
      #expect(!(right < left))
    }
  }
}

@Suite struct ParserLaws {
  @Test(
    "hostile text is refused with its place",
    arguments: [
      ("", "1:1 the text ends where a value is expected"),
      ("[1,]", "1:4 expected a value, found ']'"),
      ("{\"a\":1", "1:7 expected ',' or '}' in an object"),
      ("01", "1:2 a number may not begin with 0"),
      ("1.", "1:3 expected a digit after the decimal point"),
      ("1e", "1:3 expected a digit in the exponent"), ("+1", "1:1 expected a value, found '+'"),
      ("NaN", "1:1 expected a value, found 'N'"),
      ("\"\\ud800\"", "1:2 a high surrogate without its low one"),
      ("\"\\udc00\"", "1:2 a low surrogate without its high one"),
      ("\"\\x\"", "1:2 an unknown escape \\'x'"),
      ("\"a\u{0}\"", "1:3 a control character in a string must be escaped"),
      ("\"abc", "1:1 a string that begins here never ends"),
      ("1 2", "1:3 expected the end of the text"),
      ("{\"가\":1,\n \"가\":2}", "2:2 the name \"가\" occurs twice in one object"),
      ("tru", "1:1 expected true"),
    ])
  func refusals(text: String, message: String) {
    let error = #expect(throws: JSONSyntaxError.self) { _ = try JSONValue(parsing: text) }
    #expect(error.map { "\($0.line):\($0.column) \($0.reason)" } == message)
  }

  @Test("nesting and length are bounded")
  func limits() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: JSONSyntaxError.self) { _ = try JSONValue(parsing: deep) }
    #expect(throws: JSONSyntaxError.self) {
      _ = try JSONValue(parsing: "[1,2,3]", limits: JSONLimits(bytes: 3))
    }
  }

  @Test("every truncation of a text is refused and none crashes")
  func truncations() {
    let bytes = Array(#"{"a":[1.5e3,"가\u00e9",true,null],"b":{}}"#.utf8)
    for count in bytes.indices {
      #expect(throws: JSONSyntaxError.self) { _ = try JSONValue(parsing: Array(bytes[..<count])) }
    }
  }

  @Test(
    "bytes that are no UTF-8 are refused", arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80]])
  func invalidUTF8(bytes: [UInt8]) {
    #expect(throws: JSONSyntaxError.self) { _ = try JSONValue(parsing: [0x22] + bytes + [0x22]) }
  }
}

@Suite struct ExponentTests {
  @Test(
    "numbers whose power of ten would not be kept are refused",
    arguments: [
      "1e99999999999999999999", "1e88888888888888888888", "1e-99999999999999999999",
      "1e1000000000000001", "10e1000000000000000", "0.1e-1000000000000000",
    ])
  func refused(text: String) {
    let error = #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: Array(text.utf8)) }
    #expect(error?.reason == "a number's exponent must lie between -10^15 and 10^15")
  }

  @Test("the largest that are kept are read again as they are written")
  func kept() throws {
    for text in [
      "1e1000000000000000", "10e999999999999999", "-1e-1000000000000000",
      "1e00000000000000000000000000005", "0e99999999999999999999",
    ] {
      let value = try JSONValue(parsing: Array(text.utf8))
      #expect(try JSONValue(parsing: Array(value.canonical.utf8)) == value, "\(text)")
    }
    #expect(
      try JSONValue(parsing: Array("1e999999999999999".utf8))
        != JSONValue(parsing: Array("1e999999999999998".utf8)))
  }
}

@Suite struct LocatorLaws {
  @Test("the range of every pointer holds exactly that value")
  func ranges() throws {
    var generator = SeededGenerator(state: 7)
    for _ in 0..<300 {
      let value = generator.value()
      let bytes = Array(value.pretty.utf8)
      for pointer in pointers(value, .root) {
        let range = try #require(JSONLocator(bytes).range(of: pointer))
        #expect(try JSONValue(parsing: Array(bytes[range.bytes])) == value[pointer])
      }
    }
  }

  @Test("many values are found in one pass, each where it is found alone")
  func many() throws {
    var generator = SeededGenerator(state: 8)
    for _ in 0..<100 {
      let value = generator.value()
      let locator = JSONLocator(Array(value.pretty.utf8))
      let all = pointers(value, .root)
      let ranges = locator.ranges(of: all + [JSONPointer(["no", "such", "place"])])
      #expect(ranges.count == all.count)
      for pointer in all { #expect(ranges[pointer] == locator.range(of: pointer)) }
    }
  }

  @Test("to find many values takes no longer than to read the text", .timeLimit(.minutes(1)))
  func manyInTime() {
    let bytes = Array("[\(String(repeating: "\n\"x\",", count: 50_000))1]".utf8)
    let ranges = JSONLocator(bytes).ranges(of: (0..<50_000).map { JSONPointer([String($0)]) })
    #expect(ranges.count == 50_000)
    #expect(ranges[JSONPointer(["49999"])]?.line == 50_001)
  }

  @Test("lines and columns count from 1, columns in code points")
  func place() throws {
    let locator = JSONLocator(Array("{\"가나\": {\n  \"a/b\": [1, \"x\"]}}".utf8))
    let pointer = try #require(JSONPointer("/가나/a~1b/1"))
    let range = try #require(locator.range(of: pointer))
    #expect((range.line, range.column) == (2, 14))
    #expect(locator.range(of: JSONPointer(["가나", "c"])) == nil)
  }

  private func pointers(_ value: JSONValue, _ base: JSONPointer) -> [JSONPointer] {
    switch value {
    case .array(let elements):
      [base] + elements.enumerated().flatMap { pointers($1, base.appending($0)) }
    case .object(let members): [base] + members.flatMap { pointers($1, base.appending($0)) }
    default: [base]
    }
  }
}

extension JSONValue {
  /// The number that a text is.
  fileprivate static func numberOf(_ text: String) -> JSONNumber? {
    guard case .number(let number)? = try? JSONValue(parsing: text) else { return nil }
    return number
  }
}
