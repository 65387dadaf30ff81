/// A run of digits.
struct DigitGroup: Sendable {
  let range: Range<Int>
  /// What joins it to the next: `-`, `.`, a space or `)`, with spaces around it; 0 where the next is
  /// not joined to it.
  var joint: UInt32 = 0

  var count: Int { range.count }
}

/// The runs of digits of a text that could be numbers of people, and what stands between them.
struct DigitGroups: Sendable {
  private(set) var groups: [DigitGroup] = []

  init(_ text: FoldedText) {
    var position = 0
    while position < text.count {
      guard text.isDigit(position) else {
        position += 1
        continue
      }
      let start = position
      while text.isDigit(position) { position += 1 }
      groups.append(DigitGroup(range: start..<position))
      let (joint, next) = DigitGroups.joint(text, position)
      if text.isDigit(next) {
        groups[groups.count - 1].joint = joint
        position = next
      }
    }
  }

  /// At most one hyphen, dot or parenthesis with at most one space on either side.
  private static func joint(_ text: FoldedText, _ position: Int) -> (UInt32, Int) {
    var next = position
    if text.isSpace(next) { next += 1 }
    let sign = text[next]
    guard sign == 0x2D || sign == 0x2E || sign == 0x29 else {
      return next > position ? (0x20, next) : (0, next)
    }
    next += 1
    if text.isSpace(next) { next += 1 }
    return (sign, next)
  }
}

/// Some neighbouring groups, read as one number.
struct NumberWindow {
  let text: FoldedText
  let groups: ArraySlice<DigitGroup>

  var lengths: [Int] { groups.map(\.count) }
  var range: Range<Int> {
    (groups.first?.range.lowerBound ?? 0)..<(groups.last?.range.upperBound ?? 0)
  }
  var digits: [Int] {
    groups.flatMap { $0.range.map { Int(text[$0]) - 0x30 } }
  }

  /// The sign that joins all groups; nil where they differ.
  var joint: UInt32? {
    let joints = Set(groups.dropLast().map(\.joint))
    return joints.count == 1 ? joints.first : nil
  }

  var isHyphenated: Bool { joint == 0x2D }

  /// Whether the groups are written without any space between them.
  var isTight: Bool { !range.contains { text.isSpace($0) } }

  /// Whether it is not the middle of a longer number or word.
  var standsAlone: Bool {
    let (start, end) = (range.lowerBound, range.upperBound)
    if text.isLetter(start - 1) || text.isLetter(end) { return false }
    let before = text[start - 1]
    let after = text[end]
    if before == 0x5F || after == 0x5F { return false }
    return !(isLink(before) && text.isDigit(start - 2)) && !(isLink(after) && text.isDigit(end + 1))
  }

  /// Hyphen or dot; for an unbroken number a comma too, which there parts thousands.
  private func isLink(_ scalar: UInt32) -> Bool {
    scalar == 0x2D || scalar == 0x2E || scalar == 0x2C && groups.count == 1
  }
}
