/// A JSON number, kept as it was written so that no digit is lost.
///
/// Two numbers are equal when their values are, whatever their spelling (`1`, `1.0`, `1e0`).
public struct JSONNumber: Sendable, Hashable {
  /// The number as written, in JSON's grammar.
  public let lexeme: String

  /// A whole number.
  public init(_ value: Int64) { lexeme = String(value) }

  /// The shortest spelling of a double; nil for NaN and infinities.
  public init?(_ value: Double) {
    guard value.isFinite else { return nil }
    if value == value.rounded(), abs(value) < 9_007_199_254_740_992 {
      lexeme = String(Int64(value))
    } else {
      lexeme = value.description
    }
  }

  /// A number that the parser has already checked against JSON's grammar.
  init(validated lexeme: String) { self.lexeme = lexeme }

  /// The nearest double (infinite where the number is beyond the range of one).
  public var double: Double { Double(lexeme) ?? .nan }

  /// The value, where it is whole and fits 64 bits.
  public var int64: Int64? {
    if let value = Int64(lexeme) { return value }
    guard lexeme.utf8.contains(where: { $0 == 0x2E || $0 | 0x20 == 0x65 }) else { return nil }
    let value = double
    guard value == value.rounded(), abs(value) < 9_007_199_254_740_992 else { return nil }
    return Int64(value)
  }

  /// Whether the value is a whole number of any size.
  public var isInteger: Bool {
    if int64 != nil { return true }
    let fractional = lexeme.utf8.contains { $0 == 0x2E || $0 | 0x20 == 0x65 }
    return !fractional || double == double.rounded()
  }

  /// One spelling for each value: plain digits for whole numbers of up to 64 bits, the shortest
  /// spelling that reads back as the same double where that loses nothing, else as written.
  public var canonical: String {
    if let int64 { return String(int64) }
    let value = double
    guard value.isFinite, significantDigits <= 15, let shortest = JSONNumber(value) else {
      return lexeme
    }
    return shortest.lexeme
  }

  public static func == (left: JSONNumber, right: JSONNumber) -> Bool {
    left.lexeme == right.lexeme || left.canonical == right.canonical
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(canonical) }

  private var significantDigits: Int {
    let mantissa = lexeme.utf8.prefix { $0 | 0x20 != 0x65 }
    return mantissa.count { $0 >= 0x30 && $0 <= 0x39 }
  }
}
