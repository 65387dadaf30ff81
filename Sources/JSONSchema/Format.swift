/// The formats that can be asserted; all others are annotations.
enum Format: String, Sendable, CaseIterable {
  case date
  case time
  case dateTime = "date-time"
  case email
  case uuid
  case ipv4
  case regex

  var phrase: String {
    switch self {
    case .date: "a date such as 2026-03-31"
    case .time: "a time such as 09:30:00Z"
    case .dateTime: "a date and time such as 2026-03-31T09:30:00Z"
    case .email: "an e-mail address"
    case .uuid: "a UUID"
    case .ipv4: "an IPv4 address"
    case .regex: "a regular expression of ECMA-262"
    }
  }

  func admits(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return switch self {
    case .date: Format.isDate(bytes[...])
    case .time: Format.isTime(bytes[...])
    case .dateTime:
      bytes.count > 11 && bytes[10] | 0x20 == UInt8(ascii: "t") && Format.isDate(bytes[..<10])
        && Format.isTime(bytes[11...])
    case .email: Format.isEmail(text)
    case .uuid: Format.isUUID(bytes)
    case .ipv4: Format.isIPv4(text)
    case .regex: (try? Pattern(text)) != nil
    }
  }

  /// `full-date` of RFC 3339, leap years included.
  private static func isDate(_ bytes: ArraySlice<UInt8>) -> Bool {
    let bytes = Array(bytes)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = number(bytes[0..<4]), let month = number(bytes[5..<7]),
      let day = number(bytes[8..<10]), (1...12).contains(month)
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...days[month - 1]).contains(day)
  }

  /// `full-time` of RFC 3339; second 60 only where it can be a leap second, at 23:59 UTC.
  private static func isTime(_ bytes: ArraySlice<UInt8>) -> Bool {
    let bytes = Array(bytes)
    let colon = UInt8(ascii: ":")
    guard bytes.count >= 9, bytes[2] == colon, bytes[5] == colon, let hour = number(bytes[0..<2]),
      let minute = number(bytes[3..<5]), let second = number(bytes[6..<8]), hour < 24, minute < 60,
      second <= 60
    else { return false }
    var rest = bytes[8...]
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      let digits = rest.prefix { (0x30...0x39).contains($0) }
      guard !digits.isEmpty else { return false }
      rest = rest.dropFirst(digits.count)
    }
    guard let sign = rest.first else { return false }
    var offset = 0
    if sign | 0x20 == UInt8(ascii: "z") {
      guard rest.count == 1 else { return false }
    } else {
      let zone = Array(rest)
      guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), zone.count == 6,
        zone[3] == colon, let hours = number(zone[1..<3]), let minutes = number(zone[4..<6]),
        hours < 24, minutes < 60
      else { return false }
      offset = (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -1 : 1)
    }
    guard second == 60 else { return true }
    return (hour * 60 + minute - offset + 2 * 1440) % 1440 == 1439
  }

  /// A dot-separated local part or a quoted one, then a host name or an address in brackets.
  private static func isEmail(_ text: String) -> Bool {
    guard let at = text.lastIndex(of: "@") else { return false }
    let local = text[..<at]
    let host = text[text.index(after: at)...]
    let isQuoted = local.count > 2 && local.hasPrefix("\"") && local.hasSuffix("\"")
    let isAtoms = local.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
      !$0.isEmpty && $0.unicodeScalars.allSatisfy(isAtom)
    }
    guard isQuoted || isAtoms, local.utf8.count <= 64 else { return false }
    if host.hasPrefix("[") && host.hasSuffix("]") {
      let address = host.dropFirst().dropLast()
      return address.hasPrefix("IPv6:")
        ? address.contains("::") || address.filter { $0 == ":" }.count == 8
        : isIPv4(String(address))
    }
    return !host.isEmpty
      && host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
        (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
          && label.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
      }
  }

  private static func isUUID(_ bytes: [UInt8]) -> Bool {
    bytes.count == 36
      && bytes.enumerated().allSatisfy { index, byte in
        [8, 13, 18, 23].contains(index)
          ? byte == UInt8(ascii: "-")
          : (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
      }
  }

  private static func isIPv4(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        guard (1...3).contains(part.utf8.count), let value = number(Array(part.utf8)[...]) else {
          return false
        }
        return value <= 255 && String(value) == part
      }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for byte in bytes {
      guard (0x30...0x39).contains(byte) else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    return value
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
  }

  private static func isAtom(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.isASCII else { return false }
    return isAlphanumeric(UInt8(scalar.value))
      || "!#$%&'*+-/=?^_`{|}~".unicodeScalars.contains(scalar)
  }
}
