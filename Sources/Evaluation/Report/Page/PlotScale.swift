import Foundation

/// Numbers as places along an axis, in percent of its length: a plot then fits any width without
/// stretching what is drawn.
struct PlotScale {
  let lower: Double
  let upper: Double

  /// An axis that holds some numbers with a little room at both ends; what is not finite is left out.
  init(holding values: [Double]) {
    let values = values.filter(\.isFinite)
    let least = values.min() ?? 0
    let most = values.max() ?? 0
    let span = most - least
    let room = span > 0 && span.isFinite ? span * 0.06 : max(abs(least), 1e-3)
    lower = least - room
    upper = most + room
  }

  /// Where a number stands, `0.00%` … `100.00%`; beyond the axis at its end.
  func x(_ value: Double) -> String { PlotScale.percent(share(value)) }

  /// How long a distance is.
  func length(_ from: Double, _ to: Double) -> String {
    PlotScale.percent(max(0, share(to) - share(from)))
  }

  func share(_ value: Double) -> Double {
    guard upper > lower else { return 0.5 }
    let share = (value - lower) / (upper - lower)
    return share.isNaN ? 0.5 : min(max(share, 0), 1)
  }

  static func percent(_ share: Double) -> String { String(format: "%.2f%%", share * 100) }

  /// Some five round numbers along the axis.
  var ticks: [Double] {
    let rough = (upper - lower) / 5
    guard rough > 0, rough.isFinite else { return [] }
    let power = pow(10, floor(log10(rough)))
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? rough
    let first = (lower / step).rounded(.up)
    guard step > 0, abs(first) < 1e9 else { return [] }
    return (0..<12).map { (first + Double($0)) * step }.filter { $0 <= upper }
  }
}
