import JSON

/// One end of a range of numbers.
struct NumberEnd {
  let number: JSONNumber
  let isExclusive: Bool
  let isLower: Bool

  /// Whether it leaves fewer numbers than another end on the same side.
  func isTighter(than other: NumberEnd) -> Bool {
    if number == other.number { return isExclusive && !other.isExclusive }
    return isLower ? other.number < number : number < other.number
  }

  /// Whether each number that it leaves, another end leaves too.
  ///
  /// - Parameter areWhole: Whether only whole numbers are meant, so that at least 1 is above 0.
  func implies(_ other: NumberEnd, areWhole: Bool) -> Bool {
    if !other.isTighter(than: self) { return true }
    guard areWhole, let own = whole, let wanted = other.whole else { return false }
    return isLower ? own >= wanted : own <= wanted
  }

  /// The whole number nearest to the end that it leaves; nil beyond what a double counts exactly.
  var whole: Int64? {
    guard number.double.magnitude < 4_503_599_627_370_496 else { return nil }
    var near = Int64(number.double.rounded(.down))
    // A decimal with many digits may have been rounded up.
    if number < JSONNumber(near) { near -= 1 }
    let isThatNumber = JSONNumber(near) == number
    if isLower { return isThatNumber && !isExclusive ? near : near + 1 }
    return isThatNumber && isExclusive ? near - 1 : near
  }

  /// As messages say it: `1`, `above 1`, `below 1`.
  var phrase: String {
    isExclusive ? "\(isLower ? "above" : "below") \(number.canonical)" : number.canonical
  }
}
