import JSON

/// Decimal numbers that are stored as whole ones.
enum DecimalText {
  /// A whole number with the point moved to the left.
  ///
  /// - Parameters:
  ///   - digits: with a minus sign where it is negative.
  ///   - scale: digits after the point.
  static func value(_ digits: String, scale: Int) -> JSONValue {
    let isNegative = digits.hasPrefix("-")
    var text = isNegative ? String(digits.dropFirst()) : digits
    if scale > 0 {
      text = String(repeating: "0", count: max(0, scale + 1 - text.count)) + text
      text.insert(".", at: text.index(text.endIndex, offsetBy: -scale))
    }
    return (try? JSONValue(parsing: (isNegative ? "-" : "") + text)) ?? .null
  }

  /// The digits of a big-endian number in two's complement.
  static func digits(of bytes: ArraySlice<UInt8>) -> String {
    let isNegative = bytes.first.map { $0 >= 0x80 } ?? false
    var number = Array(bytes)
    if isNegative {
      // The magnitude: every bit turned, and one added.
      var carry = true
      for index in number.indices.reversed() {
        number[index] = ~number[index]
        if carry { (number[index], carry) = number[index].addingReportingOverflow(1) }
      }
    }
    var digits: [Character] = []
    while number.contains(where: { $0 != 0 }) {
      var rest = 0
      for index in number.indices {
        let value = rest << 8 | Int(number[index])
        number[index] = UInt8(value / 10)
        rest = value % 10
      }
      digits.append(Character("\(rest)"))
    }
    return (isNegative ? "-" : "") + (digits.isEmpty ? "0" : String(digits.reversed()))
  }
}
