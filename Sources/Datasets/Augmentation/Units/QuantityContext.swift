/// What stands around a number with a unit, and whether the unit is not that number's alone: in `3~5km`,
/// `3 또는 5km` and `1,2km` it is also the number's before, and `2시간 반` is more than two hours.
struct QuantityContext {
  private let scalars: [Unicode.Scalar]
  private let range: Range<Int>
  private let quantities: Set<Int>

  /// - Parameters:
  ///   - range: The number and its unit.
  ///   - quantities: Where numbers with a unit begin.
  init(_ scalars: [Unicode.Scalar], _ range: Range<Int>, quantities: Set<Int>) {
    self.scalars = scalars
    self.range = range
    self.quantities = quantities
  }

  /// Whether writing the quantity in another unit would make something else of what stands beside it.
  var isBound: Bool { followsNumber || isFirstOfRange || isHalfMore }

  /// Whether a number without a unit stands before it, with nothing between them but what joins two.
  private var followsNumber: Bool {
    var end = QuantityContext.beforeSpaces(scalars, range.lowerBound)
    if end < range.lowerBound, isDigit(end - 1) { return true }
    // As many as in `3, 또는 5km`.
    for _ in 0..<3 {
      let length = QuantityContext.joiners.first {
        $0.count <= end && scalars[(end - $0.count)..<end].elementsEqual($0)
      }?.count
      guard let length else { return false }
      end = QuantityContext.beforeSpaces(scalars, end - length)
      if isDigit(end - 1) { return true }
    }
    return false
  }

  /// Whether a range goes on to a number without a unit, as in `3km~5`.
  private var isFirstOfRange: Bool {
    let mark = behindSpaces(range.upperBound)
    guard mark < scalars.count, QuantityContext.rangeMarks.contains(scalars[mark]) else {
      return false
    }
    let next = behindSpaces(mark + 1)
    return isDigit(next) && !quantities.contains(next)
  }

  private var isHalfMore: Bool {
    let next = behindSpaces(range.upperBound)
    return next < scalars.count && scalars[next] == "반"
  }

  private func isDigit(_ place: Int) -> Bool {
    scalars.indices.contains(place) && NumberScanner.isDigit(scalars[place])
  }

  private func behindSpaces(_ place: Int) -> Int {
    var next = place
    while next < scalars.count, next - place < QuantityContext.spaces, scalars[next] == " " {
      next += 1
    }
    return next
  }

  private static func beforeSpaces(_ scalars: [Unicode.Scalar], _ place: Int) -> Int {
    var end = place
    while end > 0, place - end < spaces, scalars[end - 1] == " " { end -= 1 }
    return end
  }

  /// How many spaces are looked across, so that a text takes linear time.
  private static let spaces = 4

  private static let rangeMarks: Set<Unicode.Scalar> = ["~", "∼", "～", "-", "–", "—", "〜"]

  /// Longer ones first, since 이나 ends in 나.
  private static let joiners: [[Unicode.Scalar]] = {
    let words = [
      "이거나", "에서", "부터", "또는", "혹은", "내지", "이나", "이랑", "하고", "거나", "나", "랑", "및", "와", "과",
      "to", "or", "and", "->", "→", "±", ",", "，", "、", "·", "・", "+", "×", "*", "x", "X", "⋅", "/",
      "÷",
    ]
    return words.map { Array($0.unicodeScalars) } + rangeMarks.map { [$0] }
  }()
}
