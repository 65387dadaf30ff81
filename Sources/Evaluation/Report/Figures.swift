import Foundation
import MLOpsCore

/// Differences of shares, in points: 0.012 is `1.2 points`.
enum Points {
  static func of(_ value: Double) -> String {
    "\(number(value)) point\(number(value) == "1.0" ? "" : "s")"
  }

  static func signed(_ value: Double) -> String {
    let text = number(value)
    return text.hasPrefix("-") ? "−" + text.dropFirst() : (text == "0.0" ? text : "+" + text)
  }

  static func of(_ interval: Interval) -> String {
    "\(signed(interval.lower)) … \(signed(interval.upper))"
  }

  private static func number(_ value: Double) -> String {
    let text = Quantity.fixed(value * 100, decimals: 1)
    return text == "-0.0" ? "0.0" : text
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
