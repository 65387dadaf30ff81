/// Dates, times and durations.
///
/// - SeeAlso: RFC 3339, section 5.6 and appendix A.
enum TimeFormats {
  /// `full-date`, leap years included.
  static func isDate(_ bytes: [UInt8]) -> Bool {
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = number(bytes[0..<4]), let month = number(bytes[5..<7]),
      let day = number(bytes[8..<10]), (1...12).contains(month)
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...days[month - 1]).contains(day)
  }

  static func isDateTime(_ bytes: [UInt8]) -> Bool {
    bytes.count > 11 && bytes[10] | 0x20 == UInt8(ascii: "t") && isDate(Array(bytes[..<10]))
      && isTime(bytes[11...])
  }

  /// `full-time`; second 60 only where it can be a leap second, at 23:59 UTC.
  static func isTime(_ slice: ArraySlice<UInt8>) -> Bool {
    let bytes = Array(slice)
    let colon = UInt8(ascii: ":")
    guard bytes.count >= 9, bytes[2] == colon, bytes[5] == colon, let hour = number(bytes[0..<2]),
      let minute = number(bytes[3..<5]), let second = number(bytes[6..<8]), hour < 24, minute < 60,
      second <= 60
    else { return false }
    var rest = bytes[8...]
    if rest.first == UInt8(ascii: ".") {
      let digits = rest.dropFirst().prefix(while: \.isDigit)
      guard !digits.isEmpty else { return false }
      rest = rest.dropFirst(digits.count + 1)
    }
    guard let offset = offset(rest) else { return false }
    guard second == 60 else { return true }
    return (hour * 60 + minute - offset + 2 * 1440) % 1440 == 1439
  }

  /// `Z` or `±hh:mm`, in minutes.
  private static func offset(_ zone: ArraySlice<UInt8>) -> Int? {
    guard let sign = zone.first else { return nil }
    if sign | 0x20 == UInt8(ascii: "z") { return zone.count == 1 ? 0 : nil }
    let zone = Array(zone)
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), zone.count == 6,
      zone[3] == UInt8(ascii: ":"), let hours = number(zone[1..<3]),
      let minutes = number(zone[4..<6]), hours < 24, minutes < 60
    else { return nil }
    return (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -1 : 1)
  }

  /// `P` and then weeks, or units from the largest to the smallest without a gap.
  static func isDuration(_ bytes: [UInt8]) -> Bool {
    guard bytes.first == UInt8(ascii: "P") else { return false }
    let parts = bytes.dropFirst().split(
      separator: UInt8(ascii: "T"), maxSplits: 1, omittingEmptySubsequences: false)
    guard let date = parts.first.flatMap({ units(Array($0)) }) else { return false }
    guard parts.count == 2 else { return date == "W" || isRun(date, of: "YMD") }
    guard let time = units(Array(parts[1])) else { return false }
    return (date.isEmpty || isRun(date, of: "YMD")) && isRun(time, of: "HMS")
  }

  private static func isRun(_ units: String, of order: String) -> Bool {
    !units.isEmpty && order.contains(units)
  }

  /// The letters of a sequence of numbers with units: `YM` for `1Y6M`.
  private static func units(_ bytes: [UInt8]) -> String? {
    var letters = ""
    var hasDigits = false
    for byte in bytes {
      if byte.isDigit {
        hasDigits = true
      } else {
        guard hasDigits else { return nil }
        letters.unicodeScalars.append(Unicode.Scalar(byte))
        hasDigits = false
      }
    }
    return hasDigits ? nil : letters
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for byte in bytes {
      guard byte.isDigit else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    return value
  }
}
