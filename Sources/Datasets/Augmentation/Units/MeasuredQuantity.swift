/// A number with its unit in a text: `3.5 km`, `500원`, or `1시간 30분`, which is one quantity.
struct MeasuredQuantity: Sendable {
  /// One number with its unit; a quantity has several where it is written in several units.
  struct Part: Sendable {
    let value: NumberKey
    let unit: MeasureUnit
    let style: MeasureUnit.Style
    /// What stands between number and unit: a space or nothing.
    let hasSpace: Bool

    /// As it is written; nil where the unit has no form of the style.
    func text(isGrouped: Bool) -> String? {
      unit.spelling(style, of: value).map {
        value.text(isGrouped: isGrouped) + (hasSpace ? " " : "") + $0
      }
    }
  }

  /// From the number's first digit to behind the unit, in Unicode scalars.
  let range: Range<Int>
  /// In `unit`; the sum of its parts.
  let value: NumberKey
  /// At least one; the units become smaller.
  let parts: [Part]
  /// Whether a space stands between parts.
  let isSpread: Bool
  let isGrouped: Bool

  /// The smallest unit that it is written in.
  var unit: MeasureUnit { parts[parts.count - 1].unit }
  /// The larger unit that it begins with, as `시간` in `1시간 30분`; nil where there is one unit.
  var largerUnit: MeasureUnit? { parts.count > 1 ? parts[0].unit : nil }

  /// All quantities that can be written anew, in the order of the text; those that are no amounts by
  /// themselves are left out, see `QuantityContext`.
  static func all(in scalars: [Unicode.Scalar]) -> [MeasuredQuantity] {
    let found = candidates(in: scalars)
    let starts = Set(found.map(\.range.lowerBound))
    return found.filter { !QuantityContext(scalars, $0.range, quantities: starts).isBound }
  }

  /// All numbers with a unit, in the order of the text.
  static func candidates(in scalars: [Unicode.Scalar]) -> [MeasuredQuantity] {
    var found: [MeasuredQuantity] = []
    for number in NumberScanner.numbers(in: scalars) {
      let end = number.range.upperBound
      let hasSpace = end < scalars.count && scalars[end] == " "
      guard let match = Units.unit(in: scalars, at: end + (hasSpace ? 1 : 0)) else { continue }
      let quantity = MeasuredQuantity(
        range: number.range.lowerBound..<match.end, value: number.key,
        parts: [
          Part(value: number.key, unit: match.unit, style: match.style, hasSpace: hasSpace)
        ], isSpread: false, isGrouped: number.isGrouped)
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
      value: NumberKey(scaled: product + next.value.scaled, decimals: 0),
      parts: parts + next.parts, isSpread: !gap.isEmpty, isGrouped: isGrouped || next.isGrouped)
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

  /// The same amount as it is written with another unit, and the last unit of that.
  ///
  /// One that was written in several units stays a thing of whole numbers: what is left over stands
  /// behind in the smaller ones of them, so that `3시간 12분 24초` becomes `192분 24초` and not `192.4분`.
  ///
  /// - Parameter decimals: How many a quantity of one unit may have.
  /// - Returns: nil where it cannot be written so.
  func written(in other: MeasureUnit, decimals: Int) -> (text: String, last: MeasureUnit)? {
    guard parts.count > 1 else {
      let part = value(in: other, decimals: decimals).map {
        Part(value: $0, unit: other, style: parts[0].style, hasSpace: parts[0].hasSpace)
      }
      return part?.text(isGrouped: isGrouped).map { ($0, other) }
    }
    var left = Int128(value.scaled) * Int128(unit.size)
    var texts: [String] = []
    var last = other
    let like = parts.first { $0.unit == other } ?? parts[0]
    let first = Part(value: value, unit: other, style: like.style, hasSpace: like.hasSpace)
    for part in [first] + parts.filter({ $0.unit.size < other.size }) {
      let (count, rest) = left.quotientAndRemainder(dividingBy: Int128(part.unit.size))
      left = rest
      guard count < 1_000_000_000, count > 0 || !texts.isEmpty else { return nil }
      guard count > 0 else { continue }
      let made = Part(
        value: NumberKey(scaled: Int(count), decimals: 0), unit: part.unit, style: part.style,
        hasSpace: part.hasSpace)
      guard let text = made.text(isGrouped: isGrouped) else { return nil }
      texts.append(text)
      last = part.unit
    }
    return left == 0 ? (texts.joined(separator: isSpread ? " " : ""), last) : nil
  }
}
