/// Why a text is not JSON, and where.
public struct JSONSyntaxError: Error, Sendable, Equatable {
  /// What was expected or found, as a phrase without a full stop.
  public let reason: String
  /// Bytes from the start of the text, from 0.
  public let offset: Int
  /// The line, from 1.
  public let line: Int
  /// The column in Unicode scalars, from 1.
  public let column: Int
}

/// Limits that keep hostile input from exhausting the process.
public struct JSONLimits: Sendable {
  /// How deep arrays and objects may nest.
  public var depth: Int
  /// How long a text may be, in bytes.
  public var bytes: Int

  public init(depth: Int = 512, bytes: Int = 1 << 30) {
    self.depth = depth
    self.bytes = bytes
  }
}

extension JSONValue {
  /// Parses one JSON text (RFC 8259), strictly: valid UTF-8, no duplicate keys, nothing after it.
  ///
  /// - Throws: `JSONSyntaxError`.
  public init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(JSONSyntaxError) {
    var text = text
    let result: Result<JSONValue, JSONSyntaxError> = text.withUTF8 { JSONParser.parse($0, limits) }
    self = try result.get()
  }

  /// Parses one JSON text from bytes.
  ///
  /// - Throws: `JSONSyntaxError`.
  public init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONSyntaxError) {
    let result: Result<JSONValue, JSONSyntaxError> = bytes.withUnsafeBufferPointer {
      JSONParser.parse($0, limits)
    }
    self = try result.get()
  }

  /// Parses one JSON text from borrowed bytes.
  ///
  /// - Throws: `JSONSyntaxError`.
  public init(parsing bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits = JSONLimits())
    throws(JSONSyntaxError)
  {
    self = try JSONParser.parse(bytes, limits).get()
  }
}

/// A recursive-descent parser over borrowed bytes.
struct JSONParser {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let limits: JSONLimits
  private var position = 0
  private var depth = 0

  static func parse(_ bytes: UnsafeBufferPointer<UInt8>, _ limits: JSONLimits)
    -> Result<JSONValue, JSONSyntaxError>
  {
    var parser = JSONParser(bytes: bytes, limits: limits)
    do {
      return .success(try parser.document())
    } catch {
      return .failure(error)
    }
  }

  private init(bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits) {
    self.bytes = bytes
    self.limits = limits
  }

  private mutating func document() throws(JSONSyntaxError) -> JSONValue {
    guard bytes.count <= limits.bytes else {
      throw error("the text is \(bytes.count) bytes long; at most \(limits.bytes) are read")
    }
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { position = 3 }
    skipSpace()
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw error("expected the end of the text") }
    return value
  }

  private mutating func value() throws(JSONSyntaxError) -> JSONValue {
    guard let byte = peek else { throw error("the text ends where a value is expected") }
    switch byte {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"):
      try literal("true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try literal("false")
      return .bool(false)
    case UInt8(ascii: "n"):
      try literal("null")
      return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    default: throw error("expected a value, found \(spelling(byte))")
    }
  }

  private mutating func object() throws(JSONSyntaxError) -> JSONValue {
    try descend()
    defer { depth -= 1 }
    var members: [String: JSONValue] = [:]
    skipSpace()
    if consume(UInt8(ascii: "}")) { return .object(members) }
    while true {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else {
        throw error("expected a string as the name of a member")
      }
      let start = position
      let key = try string()
      skipSpace()
      guard consume(UInt8(ascii: ":")) else { throw error("expected ':' after a member's name") }
      skipSpace()
      let member = try value()
      guard members.updateValue(member, forKey: key) == nil else {
        position = start
        // A name may be of any length.
        let name: String = key.utf8.count > 80 ? key.prefix(80) + "…" : key
        throw error("the name \"\(name)\" occurs twice in one object")
      }
      skipSpace()
      if consume(UInt8(ascii: ",")) { continue }
      guard consume(UInt8(ascii: "}")) else { throw error("expected ',' or '}' in an object") }
      return .object(members)
    }
  }

  private mutating func array() throws(JSONSyntaxError) -> JSONValue {
    try descend()
    defer { depth -= 1 }
    var elements: [JSONValue] = []
    skipSpace()
    if consume(UInt8(ascii: "]")) { return .array(elements) }
    while true {
      skipSpace()
      elements.append(try value())
      skipSpace()
      if consume(UInt8(ascii: ",")) { continue }
      guard consume(UInt8(ascii: "]")) else { throw error("expected ',' or ']' in an array") }
      return .array(elements)
    }
  }

  private mutating func descend() throws(JSONSyntaxError) {
    position += 1
    depth += 1
    guard depth <= limits.depth else {
      throw error("arrays and objects nest deeper than \(limits.depth) levels")
    }
  }

  private mutating func string() throws(JSONSyntaxError) -> String {
    let opening = position
    position += 1
    let start = position
    while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
      position += 1
    }
    if peek == UInt8(ascii: "\"") {
      let text = try utf8(bytes[start..<position], at: start)
      position += 1
      return text
    }
    var decoded = Array(bytes[start..<position])
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        let text = try utf8(decoded[...], at: start)
        position += 1
        return text
      case UInt8(ascii: "\\"): try escape(into: &decoded)
      case 0..<0x20: throw error("a control character in a string must be escaped")
      default:
        decoded.append(byte)
        position += 1
      }
    }
    position = opening
    throw error("a string that begins here never ends")
  }

  private mutating func escape(into decoded: inout [UInt8]) throws(JSONSyntaxError) {
    let start = position
    position += 1
    guard let byte = peek else { throw error("the text ends inside an escape") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(byte)
    case UInt8(ascii: "b"): decoded.append(0x08)
    case UInt8(ascii: "f"): decoded.append(0x0C)
    case UInt8(ascii: "n"): decoded.append(0x0A)
    case UInt8(ascii: "r"): decoded.append(0x0D)
    case UInt8(ascii: "t"): decoded.append(0x09)
    case UInt8(ascii: "u"):
      var unit = try hexUnit()
      if (0xD800...0xDBFF).contains(unit) {
        guard consume(UInt8(ascii: "\\")), consume(UInt8(ascii: "u")) else {
          position = start
          throw error("a high surrogate without its low one")
        }
        let low = try hexUnit()
        guard (0xDC00...0xDFFF).contains(low) else {
          position = start
          throw error("a high surrogate without its low one")
        }
        unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(unit) else {
        position = start
        throw error("a low surrogate without its high one")
      }
      decoded.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    default:
      position = start
      throw error("an unknown escape \\\(spelling(byte))")
    }
  }

  private mutating func hexUnit() throws(JSONSyntaxError) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = hexDigit(byte) else {
        throw error("expected four hexadecimal digits after \\u")
      }
      unit = unit << 4 | digit
      position += 1
    }
    return unit
  }

  private func hexDigit(_ byte: UInt8) -> UInt32? {
    if isDigit(byte) { return UInt32(byte - 0x30) }
    let lower = byte | 0x20
    return (0x61...0x66).contains(lower) ? UInt32(lower - 0x57) : nil
  }

  private mutating func number() throws(JSONSyntaxError) -> JSONNumber {
    let start = position
    _ = consume(UInt8(ascii: "-"))
    if consume(UInt8(ascii: "0")) {
      if let byte = peek, isDigit(byte) { throw error("a number may not begin with 0") }
    } else {
      try digits("expected a digit")
    }
    if consume(UInt8(ascii: ".")) { try digits("expected a digit after the decimal point") }
    if let byte = peek, byte | 0x20 == UInt8(ascii: "e") {
      position += 1
      if !consume(UInt8(ascii: "+")) { _ = consume(UInt8(ascii: "-")) }
      let exponent = position
      try digits("expected a digit in the exponent")
      if position - exponent > 12 { try checkExponent(at: exponent, of: start) }
    }
    return JSONNumber(validated: String(decoding: bytes[start..<position], as: UTF8.self))
  }

  /// Refuses a number that would not be kept exactly.
  private mutating func checkExponent(at exponent: Int, of start: Int) throws(JSONSyntaxError) {
    let lexeme = String(decoding: bytes[start..<position], as: UTF8.self)
    guard JSONDecimal(lexeme: lexeme).isWithinRange else {
      position = exponent
      throw error("a number's exponent must lie between -10^15 and 10^15")
    }
  }

  private mutating func digits(_ reason: String) throws(JSONSyntaxError) {
    guard let first = peek, isDigit(first) else { throw error(reason) }
    while let byte = peek, isDigit(byte) { position += 1 }
  }

  private mutating func literal(_ word: StaticString) throws(JSONSyntaxError) {
    let length = word.utf8CodeUnitCount
    let matches =
      position + length <= bytes.count
      && (0..<length).allSatisfy { bytes[position + $0] == word.utf8Start[$0] }
    guard matches else { throw error("expected \(word)") }
    position += length
  }

  private func utf8(_ slice: some Collection<UInt8>, at start: Int) throws(JSONSyntaxError)
    -> String
  {
    guard let text = String(validating: slice, as: UTF8.self) else {
      var failed = self
      failed.position = start
      let hasSurrogate = zip(slice, slice.dropFirst()).contains { $0 == 0xED && $1 >= 0xA0 }
      throw failed.error(
        hasSurrogate
          ? "a string that begins here has half of a surrogate pair, which is not valid UTF-8"
          : "a string that begins here is not valid UTF-8")
    }
    return text
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func consume(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private func spelling(_ byte: UInt8) -> String {
    (0x21...0x7E).contains(byte)
      ? "'\(Character(Unicode.Scalar(byte)))'" : "the byte 0x" + String(byte, radix: 16)
  }

  private func error(_ reason: String) -> JSONSyntaxError {
    let place = JSONPlace(offset: position, in: bytes)
    return JSONSyntaxError(
      reason: reason, offset: position, line: place.line, column: place.column)
  }
}

/// A line and column, both from 1; the column counts Unicode scalars.
struct JSONPlace {
  var line = 1
  var column = 1

  init(offset: Int, in bytes: UnsafeBufferPointer<UInt8>) {
    for byte in bytes.prefix(offset) {
      if byte == 0x0A {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
  }
}
