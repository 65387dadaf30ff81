public import Foundation

/// Times as text, in UTC (RFC 3339).
public enum UTCTime {
  /// A time such as `2026-11-21T10:00:00Z`, or a day such as `2026-11-21`, which is its beginning.
  public static func date(_ text: String) -> Date? {
    let time = Date.ISO8601FormatStyle()
    return (try? time.parse(text))
      ?? (try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text))
      ?? (try? time.year().month().day().parse(text))
  }

  /// Such as `2026-11-21T10:00:00Z`, with microseconds where there are some.
  public static func text(_ date: Date) -> String {
    let text = text(microseconds: microseconds(date))
    return text.hasSuffix(".000000Z") ? text.dropLast(8) + "Z" : text
  }

  /// Microseconds since 1970, kept within the years 1 to 9999, which are those that RFC 3339 can write.
  public static func microseconds(_ date: Date) -> Int64 {
    let seconds = date.timeIntervalSince1970
    guard seconds.isFinite else { return 0 }
    return Int64((min(max(seconds, -62_135_596_800), 253_402_300_799) * 1_000_000).rounded())
  }

  /// Such as `2026-03-01T09:30:00.123456Z`, of microseconds since 1970.
  public static func text(microseconds: Int64) -> String {
    let (seconds, rest) = floorDivide(microseconds, 1_000_000)
    let whole = Date(timeIntervalSince1970: Double(seconds)).formatted(
      Date.ISO8601FormatStyle(timeZone: .gmt))
    let digits = String(rest)
    let fraction = String(repeating: "0", count: 6 - digits.count) + digits
    return whole.dropLast() + ".\(fraction)Z"
  }

  private static func floorDivide(_ value: Int64, _ by: Int64) -> (Int64, Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: by)
    return remainder < 0 ? (quotient - 1, remainder + by) : (quotient, remainder)
  }
}
