import MLOpsCore

/// Which numbers may take the place of one.
struct NumberVariation: Sendable, Equatable {
  enum Span: Sendable, Equatable {
    /// From the first to the last, both included, whatever the number was; never zero.
    case range(ClosedRange<Double>)
    /// So far from the number, as a share of it: 0.5 for half of it to one and a half.
    case spread(Double)
  }

  let span: Span
  /// Whether a number keeps as many digits before its point as it has.
  let keepsDigits: Bool
  /// Whether the smaller of two numbers stays the smaller.
  let keepsOrder: Bool
  /// Numbers that stay.
  let excepted: Set<NumberKey>

  /// A new number for each; nil where none found that is another.
  ///
  /// Different numbers of a row get different ones, the same ones the same.
  ///
  /// - Parameter isPlural: Whether none may become 1.
  func drawn(
    for numbers: [NumberKey], isPlural: Bool, _ random: inout SplitMix64
  ) -> [NumberKey: NumberKey]? {
    let free = numbers.filter { !excepted.contains($0) }.sorted()
    // A draw may be undone by keeping the order, or meet itself, so some more are made.
    for _ in 0..<16 {
      var mapping: [NumberKey: NumberKey] = [:]
      for group in Dictionary(grouping: free, by: \.decimals).sorted(by: { $0.key < $1.key }) {
        let values = drawnGroup(group.value, isPlural, &random)
        for (old, new) in zip(group.value, values) {
          mapping[old] = NumberKey(scaled: new, decimals: group.key)
        }
      }
      if mapping.contains(where: { $0 != $1 }) { return mapping }
    }
    return nil
  }

  /// - Parameter numbers: Ascending, with the same count of decimals.
  private func drawnGroup(
    _ numbers: [NumberKey], _ isPlural: Bool, _ random: inout SplitMix64
  ) -> [Int] {
    var values: [Int] = []
    for number in numbers {
      var value = draw(number, isPlural, &random)
      for _ in 0..<8 where values.contains(value) {
        value = draw(number, isPlural, &random)
      }
      values.append(value)
    }
    // The bounds ascend with the numbers, so sorted values are within them too.
    return keepsOrder ? values.sorted() : values
  }

  private func draw(_ number: NumberKey, _ isPlural: Bool, _ random: inout SplitMix64) -> Int {
    let bounds = bounds(of: number, isPlural)
    let isInside = bounds.contains(number.scaled)
    let count = bounds.count - (isInside ? 1 : 0)
    guard count > 0 else { return number.scaled }
    let value = bounds.lowerBound + random.next(below: count)
    let other = isInside && value >= number.scaled ? value + 1 : value
    return withLastDigit(other, of: number, bounds)
  }

  /// 3.14 does not become 3.20: that would be written with fewer digits.
  private func withLastDigit(_ value: Int, of number: NumberKey, _ bounds: ClosedRange<Int>) -> Int
  {
    guard number.decimals > 0, number.scaled % 10 != 0, value % 10 == 0 else { return value }
    for other in [value + 1, value - 1] where bounds.contains(other) && other != number.scaled {
      return other
    }
    return value
  }

  private func bounds(of number: NumberKey, _ isPlural: Bool) -> ClosedRange<Int> {
    let unit = NumberKey.power(number.decimals)
    let (from, to) =
      switch span {
      case .spread(let share):
        (Double(number.scaled) * (1 - share), Double(number.scaled) * (1 + share))
      case .range(let range):
        (range.lowerBound * Double(unit), range.upperBound * Double(unit))
      }
    // Far above what is written with 15 digits, and far below what a 64-bit integer holds.
    var low = Int(min(max(from, 0), 1e17).rounded(.up))
    var high = Int(min(max(to, 0), 1e17).rounded(.down))
    // Zero is no amount: a row about it would be another problem.
    var least = isPlural ? 2 * unit : 1
    var most = NumberKey.power(15) - 1
    if keepsDigits {
      let digits = String(number.scaled / unit).count
      least = max(least, digits == 1 ? least : NumberKey.power(digits - 1) * unit)
      // At most 15 digits are read, so this fits.
      most = min(most, NumberKey.power(min(digits + number.decimals, 15)) - 1)
    }
    if case .spread = span, high - low < 2 { (low, high) = (number.scaled - 1, number.scaled + 1) }
    low = min(max(low, least), most)
    return low...max(low, min(high, most))
  }
}
