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

  /// The value, exactly.
  public var decimal: JSONDecimal { JSONDecimal(lexeme: lexeme) }

  /// The value, where it is whole and fits 64 bits.
  public var int64: Int64? { Int64(lexeme) ?? (isPlain ? nil : decimal.int64) }

  /// Whether the value is a whole number of any size.
  public var isInteger: Bool { isPlain || decimal.isInteger }

  /// One spelling for each value, which has all its digits: plain ones for whole numbers (see
  /// `plainDigits`), the shortest spelling that reads back as the same double for up to 15 significant
  /// digits, and scientific notation with every digit for the rest.
  public var canonical: String {
    if let value = Int64(lexeme) { return String(value) }
    let decimal = decimal
    if decimal.isSpelledPlainly { return decimal.plain }
    let value = double
    // A subnormal has fewer than 15 digits, and what overflows or vanishes has none at all.
    guard value.isNormal, decimal.digits.count <= 15, let shortest = JSONNumber(value) else {
      return decimal.scientific
    }
    return shortest.lexeme
  }

  /// A spelling for people: as `canonical`, but numbers near one that have many digits are written with a
  /// point and without exponent, such as 3.141592653589793.
  public var readable: String {
    let decimal = decimal
    return decimal.digits.count > 15 ? decimal.positional ?? canonical : canonical
  }

  /// Whole numbers of up to this many digits are spelled plainly, whatever they are.
  public static let plainDigits = 21
  /// So are longer ones that have more significant digits than this, which no double's shortest
  /// spelling has: they were written as whole numbers, and whoever reads `1.2e30` makes a double of it.
  public static let doubleDigits = 17
  /// How many zeros such a one may end in, so that no exponent becomes a long text.
  public static let plainZeros = 300

  public static func == (left: JSONNumber, right: JSONNumber) -> Bool {
    left.lexeme == right.lexeme || left.decimal == right.decimal
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(decimal) }

  /// Whether it is written without fraction and exponent.
  private var isPlain: Bool {
    !lexeme.utf8.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
  }
}

extension JSONNumber: Comparable {
  public static func < (left: JSONNumber, right: JSONNumber) -> Bool {
    if let a = Int64(left.lexeme), let b = Int64(right.lexeme) { return a < b }
    return left.decimal < right.decimal
  }
}
