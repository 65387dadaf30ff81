/// A number with its unit in a text: `3.5 km`, `500원`, or `1시간 30분`, which is one quantity.
struct MeasuredQuantity: Sendable {
  /// From the number's first digit to behind the unit, in Unicode scalars.
  let range: Range<Int>
  /// In `unit`.
  let value: NumberKey
  let unit: MeasureUnit
  let style: MeasureUnit.Style
  /// What stands between number and unit: a space or nothing.
  let hasSpace: Bool
  let isGrouped: Bool
  /// The larger unit that it begins with, as `시간` in `1시간 30분`; nil where there is one unit.
  let largerUnit: MeasureUnit?

  /// All quantities, in the order of the text.
  static func all(in scalars: [Unicode.Scalar]) -> [MeasuredQuantity] {
    var found: [MeasuredQuantity] = []
    for number in NumberScanner.numbers(in: scalars) {
      let end = number.range.upperBound
      let hasSpace = end < scalars.count && scalars[end] == " "
      guard let match = Units.unit(in: scalars, at: end + (hasSpace ? 1 : 0)) else { continue }
      let quantity = MeasuredQuantity(
        range: number.range.lowerBound..<match.end, value: number.key, unit: match.unit,
        style: match.style, hasSpace: hasSpace, isGrouped: number.isGrouped, largerUnit: nil)
      if let last = found.last, let joined = last.joined(with: quantity, in: scalars) {
        found[found.count - 1] = joined
      } else {
        found.append(quantity)
      }
    }
    return found
  }

  /// `1 km` and `500 m` as 1,500 m; nil where the two do not belong together.
  private func joined(with next: MeasuredQuantity, in scalars: [Unicode.Scalar])
    -> MeasuredQuantity?
  {
    let gap = scalars[range.upperBound..<next.range.lowerBound]
    guard gap.isEmpty || gap.elementsEqual([" "]), next.unit.dimension == unit.dimension,
      next.unit.size < unit.size, value.decimals == 0, next.value.decimals == 0
    else { return nil }
    let factor = unit.size / next.unit.size
    let (product, overflow) = value.scaled.multipliedReportingOverflow(by: factor)
    guard !overflow, product < NumberKey.power(15), next.value.scaled < factor else { return nil }
    return MeasuredQuantity(
      range: range.lowerBound..<next.range.upperBound,
      value: NumberKey(scaled: product + next.value.scaled, decimals: 0), unit: next.unit,
      style: next.style, hasSpace: next.hasSpace, isGrouped: isGrouped || next.isGrouped,
      largerUnit: largerUnit ?? unit)
  }

  /// The same amount in another unit, exactly.
  ///
  /// - Parameter decimals: How many the result may have.
  /// - Returns: nil where it would need more decimals or more than 9 digits.
  func value(in other: MeasureUnit, decimals: Int) -> NumberKey? {
    // 10^15 · 10^9 · 10^6 at most, which 128 bits hold.
    let dividend = Int128(value.scaled) * Int128(unit.size) * Int128(NumberKey.power(decimals))
    let divisor = Int128(other.size) * Int128(NumberKey.power(value.decimals))
    let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
    guard remainder == 0, quotient > 0, quotient < 1_000_000_000 else { return nil }
    var (scaled, left) = (Int(quotient), decimals)
    while left > 0, scaled % 10 == 0 { (scaled, left) = (scaled / 10, left - 1) }
    return NumberKey(scaled: scaled, decimals: left)
  }
}
