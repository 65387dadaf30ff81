/// The formats that are checked on bytes; `other` is left to `Format`.
enum FastFormat: UInt8, BitwiseCopyable {
  case none, date, time, dateTime, other

  /// Nil where the bytes do not decide.
  @inline(__always)
  func admits(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> Bool? {
    switch self {
    case .none: true
    case .date: length == 10 && FastFormat.isDate(bytes)
    case .time: FastFormat.isTime(bytes, length)
    case .dateTime:
      length > 11 && bytes[10] | 0x20 == UInt8(ascii: "t") && FastFormat.isDate(bytes)
        && FastFormat.isTime(bytes + 11, length &- 11)
    case .other: nil
    }
  }

  /// Ten bytes of `full-date`, RFC 3339, leap years included.
  private static func isDate(_ bytes: UnsafePointer<UInt8>) -> Bool {
    guard bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else { return false }
    let century = two(bytes)
    let yearOfCentury = two(bytes + 2)
    let month = two(bytes + 5)
    let day = two(bytes + 8)
    guard century | yearOfCentury >= 0, month >= 1, month <= 12, day >= 1 else { return false }
    if day <= 28 { return true }
    switch month {
    case 2:
      let year = century &* 100 &+ yearOfCentury
      return day == 29 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    case 4, 6, 9, 11: return day <= 30
    default: return day <= 31
    }
  }

  /// `full-time` of RFC 3339; second 60 only where it can be a leap second, at 23:59 UTC.
  private static func isTime(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    guard length >= 9, bytes[2] == UInt8(ascii: ":"), bytes[5] == UInt8(ascii: ":") else {
      return false
    }
    let hour = two(bytes)
    let minute = two(bytes + 3)
    let second = two(bytes + 6)
    guard hour >= 0, hour < 24, minute >= 0, minute < 60, second >= 0, second <= 60 else {
      return false
    }
    var index = 8
    if bytes[index] == UInt8(ascii: ".") {
      index &+= 1
      let start = index
      while index < length, bytes[index] &- 0x30 <= 9 { index &+= 1 }
      guard index > start, index < length else { return false }
    }
    var offset = 0
    if bytes[index] | 0x20 == UInt8(ascii: "z") {
      guard index &+ 1 == length else { return false }
    } else {
      let sign = bytes[index]
      guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), index &+ 6 == length,
        bytes[index &+ 3] == UInt8(ascii: ":")
      else { return false }
      let hours = two(bytes + index + 1)
      let minutes = two(bytes + index + 4)
      guard hours >= 0, hours < 24, minutes >= 0, minutes < 60 else { return false }
      offset = (hours &* 60 &+ minutes) &* (sign == UInt8(ascii: "-") ? -1 : 1)
    }
    guard second == 60 else { return true }
    return (hour &* 60 &+ minute &- offset &+ 2880) % 1440 == 1439
  }

  /// Two digits; negative where one is none.
  @inline(__always)
  private static func two(_ bytes: UnsafePointer<UInt8>) -> Int {
    let (high, low) = (bytes[0] &- 0x30, bytes[1] &- 0x30)
    return high <= 9 && low <= 9 ? Int(high) &* 10 &+ Int(low) : -1_000_000
  }
}
