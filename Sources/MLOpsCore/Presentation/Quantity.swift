import Foundation

/// Numbers as people read them.
public enum Quantity {
  /// Bytes in decimal units: `512 B`, `1.4 MB`, `12 GB`.
  public static func bytes(_ count: Int64) -> String { scaled(Double(count), unit: "B") }

  /// `1 row`, `2 rows`: a number of things whose plural takes an s.
  public static func count(_ count: Int64, of thing: String) -> String {
    "\(grouped(count)) \(thing)\(count == 1 ? "" : "s")"
  }

  /// A count with its unit: `1.4 MB` for `B`, else `1,204 cases`.
  public static func count(_ count: Int64, unit: String) -> String {
    unit == "B" ? bytes(count) : "\(grouped(count)) \(unit)"
  }

  /// A rate: `1.9 GB/s`, `34.2 cases/s`.
  public static func rate(_ perSecond: Double, unit: String) -> String {
    unit == "B"
      ? scaled(perSecond, unit: "B") + "/s" : "\(significant(perSecond)) \(unit)/s"
  }

  /// A span of seconds as `0:07`, `12:03` or `1:02:03`.
  public static func clock(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 360_000 else { return "–" }
    let whole = Int(seconds.rounded(.up))
    let minutes = whole / 60 % 60
    let tail = pad(whole % 60)
    return whole >= 3600 ? "\(whole / 3600):\(pad(minutes)):\(tail)" : "\(minutes):\(tail)"
  }

  /// A span of seconds with a fitting unit: `840 µs`, `42 ms`, `1.4 s`, `2:05`.
  public static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<0.001: "\(Int((seconds * 1e6).rounded())) µs"
    case ..<1: "\(significant(seconds * 1e3)) ms"
    case ..<120: "\(significant(seconds)) s"
    default: clock(seconds)
    }
  }

  /// A share as percent with one decimal: `97.3 %`.
  public static func percent(_ share: Double) -> String { "\(fixed(share * 100, decimals: 1)) %" }

  /// Digits in groups of three: `1,204,000`.
  public static func grouped(_ value: Int64) -> String {
    var digits = String(value.magnitude)
    var groups: [Substring] = []
    while digits.count > 3 {
      groups.insert(digits.suffix(3), at: 0)
      digits = String(digits.dropLast(3))
    }
    return (value < 0 ? "-" : "") + ([Substring(digits)] + groups).joined(separator: ",")
  }

  /// A number with a fixed count of decimals.
  public static func fixed(_ value: Double, decimals: Int) -> String {
    String(format: "%.\(decimals)f", value)
  }

  /// Three significant digits: `1.42`, `34.2`, `512`.
  public static func significant(_ value: Double) -> String {
    switch abs(value) {
    case ..<10: fixed(value, decimals: 2)
    case ..<100: fixed(value, decimals: 1)
    default: grouped(Int64(value.rounded()))
    }
  }

  private static func scaled(_ value: Double, unit: String) -> String {
    var value = value
    var prefix = ""
    for next in ["k", "M", "G", "T"] where value >= 1000 {
      value /= 1000
      prefix = next
    }
    let text =
      prefix.isEmpty || value >= 100 ? String(Int(value.rounded())) : fixed(value, decimals: 1)
    return "\(text) \(prefix)\(unit)"
  }

  private static func pad(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
