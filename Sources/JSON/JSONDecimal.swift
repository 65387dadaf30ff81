/// A decimal number of any size, exactly: `± digits · 10^exponent`.
///
/// There is one form for each value: no leading and no trailing zeros, and zero has no digits.
/// Powers of ten beyond ±10^15, far beyond any number that a text could spell out, are refused where
/// numbers are read.
public struct JSONDecimal: Sendable, Hashable {
  /// Whether the value is below zero.
  public let isNegative: Bool
  /// The significant digits, each 0 to 9; neither the first nor the last is 0.
  public let digits: [UInt8]
  /// The power of ten of the last digit.
  public let exponent: Int

  /// - Parameter lexeme: A number in JSON's grammar.
  init(lexeme: String) {
    var negative = false
    var digits: [UInt8] = []
    var fraction = 0
    var exponent = 0
    var exponentIsNegative = false
    enum Part { case whole, fraction, exponent }
    var part = Part.whole
    for byte in lexeme.utf8 {
      switch byte {
      case UInt8(ascii: "-"):
        if part == .exponent { exponentIsNegative = true } else { negative = true }
      case UInt8(ascii: "."): part = .fraction
      case UInt8(ascii: "e"), UInt8(ascii: "E"): part = .exponent
      case 0x30...0x39:
        let digit = byte - 0x30
        if part == .exponent {
          exponent =
            exponent < JSONDecimal.exponentLimit / 10
            ? exponent * 10 + Int(digit) : JSONDecimal.exponentLimit
        } else {
          if part == .fraction { fraction += 1 }
          if digit != 0 || !digits.isEmpty { digits.append(digit) }
        }
      default: break
      }
    }
    var scale = (exponentIsNegative ? -exponent : exponent) - fraction
    while digits.last == 0 {
      digits.removeLast()
      scale += 1
    }
    self.digits = digits
    self.exponent = digits.isEmpty ? 0 : scale
    isNegative = negative && !digits.isEmpty
  }

  /// Where reading stops to count: what is written behind cannot bring it back into range.
  private static let exponentLimit = 1_000_000_000_000_000_000

  /// Whether the value in scientific notation has an exponent within ±10^15.
  var isWithinRange: Bool {
    digits.isEmpty || (magnitude - 1).magnitude <= 1_000_000_000_000_000
  }

  /// Whether the value is whole.
  public var isInteger: Bool { exponent >= 0 }

  /// The power of ten just above the value: 3 for 100 to 999.
  private var magnitude: Int { digits.isEmpty ? .min : digits.count + exponent }

  /// The value, where it is whole and fits 64 bits.
  var int64: Int64? {
    guard isInteger, magnitude <= 19 else { return nil }
    var value: Int64 = 0
    for index in 0..<max(0, digits.count + exponent) {
      let digit = index < digits.count ? Int64(digits[index]) : 0
      let (scaled, scaleOverflow) = value.multipliedReportingOverflow(by: 10)
      // Downwards, because the least 64-bit integer has no positive twin.
      let (next, overflow) = scaled.subtractingReportingOverflow(digit)
      if scaleOverflow || overflow { return nil }
      value = next
    }
    if isNegative { return value }
    return value == .min ? nil : -value
  }

  /// Whether the canonical spelling is plain digits, see `JSONNumber.plainDigits`.
  var isSpelledPlainly: Bool {
    isInteger
      && (magnitude <= JSONNumber.plainDigits
        || digits.count > JSONNumber.doubleDigits && exponent <= JSONNumber.plainZeros)
  }

  /// The digits of a whole number, its zeros at the end included.
  var plain: String {
    guard !digits.isEmpty else { return "0" }
    return sign + JSONDecimal.text(digits) + String(repeating: "0", count: exponent)
  }

  /// All digits around a point: `30.000000000000004`, `0.00012`; nil for whole numbers and for what
  /// begins more than 6 places behind the point.
  var positional: String? {
    guard exponent < 0, magnitude > -6 else { return nil }
    let zeros = [UInt8](repeating: 0, count: max(0, 1 - magnitude))
    let all = zeros + digits
    let point = all.count + exponent
    return sign + JSONDecimal.text(all[..<point]) + "." + JSONDecimal.text(all[point...])
  }

  /// Scientific notation, one spelling for each value: `1.25e400`.
  var scientific: String {
    guard let first = digits.first else { return "0" }
    var text = sign + String(first)
    if digits.count > 1 { text += "." + JSONDecimal.text(digits.dropFirst()) }
    return text + "e" + String(magnitude - 1)
  }

  private var sign: String { isNegative ? "-" : "" }

  private static func text(_ digits: some Collection<UInt8>) -> String {
    String(decoding: digits.map { $0 + 0x30 }, as: UTF8.self)
  }

  /// Whether this is a whole multiple of another number, exactly; false where that is zero.
  ///
  /// To bound the work, numbers of thousands of digits (20 million for the product of both counts)
  /// are multiples of nothing that long.
  public func isMultiple(of divisor: JSONDecimal) -> Bool {
    guard !divisor.digits.isEmpty else { return false }
    guard !digits.isEmpty else { return true }
    // The last digit is not 0, so a divisor with a larger power of ten cannot divide.
    guard exponent >= divisor.exponent else { return false }
    guard divisor.digits.count <= 18 else { return isLongMultiple(of: divisor) }
    let modulus = divisor.digits.reduce(UInt64(0)) { $0 * 10 + UInt64($1) }
    var remainder = digits.reduce(UInt64(0)) { ($0 % modulus).times(10, modulo: modulus, plus: $1) }
    var power = UInt64(10) % modulus
    var shift = exponent - divisor.exponent
    while shift > 0 {
      if shift & 1 == 1 { remainder = remainder.times(power, modulo: modulus, plus: 0) }
      power = power.times(power, modulo: modulus, plus: 0)
      shift >>= 1
    }
    return remainder == 0
  }

  /// Long division, for divisors that fit no machine word.
  private func isLongMultiple(of divisor: JSONDecimal) -> Bool {
    // Of the powers of ten only those count that can cancel a 2 or 5 of the divisor, which has no
    // more of them than bits.
    let zeros = min(exponent - divisor.exponent, 4 * divisor.digits.count)
    let work = (digits.count + zeros).multipliedReportingOverflow(by: divisor.digits.count)
    guard !work.overflow, work.partialValue <= 20_000_000 else { return false }
    var remainder: [UInt8] = []
    for index in 0..<(digits.count + zeros) {
      if !remainder.isEmpty || index < digits.count {
        let digit = index < digits.count ? digits[index] : 0
        if digit != 0 || !remainder.isEmpty { remainder.append(digit) }
      }
      while remainder.count > divisor.digits.count
        || (remainder.count == divisor.digits.count
          && !remainder.lexicographicallyPrecedes(divisor.digits))
      {
        remainder.subtract(divisor.digits)
      }
    }
    return remainder.isEmpty
  }
}

extension [UInt8] {
  /// Subtracts a number that is not larger, both as decimal digits without leading zeros.
  fileprivate mutating func subtract(_ other: [UInt8]) {
    var borrow: Int8 = 0
    for offset in 1...count {
      var digit = Int8(self[count - offset]) - borrow
      if offset <= other.count { digit -= Int8(other[other.count - offset]) }
      borrow = digit < 0 ? 1 : 0
      self[count - offset] = UInt8(digit + 10 * borrow)
    }
    removeFirst(prefix { $0 == 0 }.count)
  }
}

extension JSONDecimal: Comparable {
  public static func < (left: JSONDecimal, right: JSONDecimal) -> Bool {
    if left.isNegative != right.isNegative { return left.isNegative }
    return left.isNegative ? right.isCloserToZero(than: left) : left.isCloserToZero(than: right)
  }

  private func isCloserToZero(than other: JSONDecimal) -> Bool {
    magnitude == other.magnitude
      ? digits.lexicographicallyPrecedes(other.digits) : magnitude < other.magnitude
  }
}

extension UInt64 {
  fileprivate func times(_ factor: UInt64, modulo modulus: UInt64, plus digit: UInt8) -> UInt64 {
    let product = multipliedFullWidth(by: factor)
    let remainder = modulus.dividingFullWidth((product.high % modulus, product.low)).remainder
    return (remainder + UInt64(digit)) % modulus
  }
}
