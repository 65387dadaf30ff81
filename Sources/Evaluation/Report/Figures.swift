import Foundation
import MLOpsCore

/// Numbers of metrics as people read them: shares in percent, their differences in points
/// (0.012 is `1.2 points`).
enum Figure {
  /// A value by itself.
  static func value(_ value: Double, _ unit: MetricUnit) -> String {
    guard value.isFinite else { return "–" }
    return switch unit {
    case .share: Quantity.percent(value)
    case .score: Quantity.fixed(value, decimals: 1)
    case .number: number(value)
    case .seconds: seconds(value)
    }
  }

  /// The size of a difference, with its unit: `1.2 points`.
  static func amount(_ value: Double, _ unit: MetricUnit) -> String {
    guard unit == .share else { return plain(value, unit) }
    let text = plain(value, unit)
    return "\(text) point\(text == "1.0" ? "" : "s")"
  }

  /// A difference with its sign.
  static func signed(_ value: Double, _ unit: MetricUnit) -> String {
    guard value.isFinite else { return value > 0 ? "+∞" : value < 0 ? "−∞" : "–" }
    let text = plain(value, unit)
    if text.hasPrefix("-") { return "−" + text.dropFirst() }
    return text.allSatisfy({ !("1"..."9").contains($0) }) ? text : "+" + text
  }

  static func interval(_ interval: Interval, _ unit: MetricUnit) -> String {
    "\(signed(interval.lower, unit)) … \(signed(interval.upper, unit))"
  }

  private static func plain(_ value: Double, _ unit: MetricUnit) -> String {
    switch unit {
    case .share:
      let text = Quantity.fixed(value * 100, decimals: 1)
      return text == "-0.0" ? "0.0" : text
    case .score:
      let text = Quantity.fixed(value, decimals: 1)
      return text == "-0.0" ? "0.0" : text
    case .number: return number(value)
    case .seconds: return seconds(value)
    }
  }

  /// Four digits that count; no more than four behind the point.
  private static func number(_ value: Double) -> String {
    let size = abs(value)
    if size >= 1000 { return Quantity.fixed(value, decimals: 0) }
    let decimals = size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4
    let text = Quantity.fixed(value, decimals: decimals)
    return text.allSatisfy({ "-0.".contains($0) }) ? "0" : text
  }

  private static func seconds(_ value: Double) -> String {
    abs(value) < 1 ? number(value * 1000) + " ms" : number(value) + " s"
  }
}

/// P-values as people read them.
enum PValue {
  static func text(_ p: Double) -> String { p < 0.0001 ? "p < 0.0001" : "p = \(number(p))" }

  static func cell(_ p: Double) -> String { p < 0.0001 ? "<0.0001" : number(p) }

  private static func number(_ p: Double) -> String {
    Quantity.fixed(p, decimals: p < 0.01 ? 4 : p < 0.1 ? 3 : 2)
  }
}
