/// Recognises e-mail addresses.
enum EmailDetector {
  static func matches(in text: FoldedText) -> [PIIMatch] {
    var matches: [PIIMatch] = []
    var floor = 0
    for at in 0..<text.count where text[at] == 0x40 {
      guard let range = address(at, in: text, from: floor) else { continue }
      matches.append(PIIMatch(kind: .email, range: range))
      floor = range.upperBound
    }
    return matches
  }

  /// RFC 5321 allows 64 before the sign and 255 after it, which also bounds the work.
  private static func address(_ at: Int, in text: FoldedText, from floor: Int) -> Range<Int>? {
    var start = at
    while start > floor, at - start < 64, isLocal(text, start - 1) { start -= 1 }
    while start < at, text[start] == 0x2E { start += 1 }
    guard start < at, text[at - 1] != 0x2E else { return nil }
    var end = at + 1
    var top = at + 1
    while end - at <= 255,
      text.isLetter(end) || text.isDigit(end) || text[end] == 0x2D
        || (text[end] == 0x2E && text[end - 1] != 0x2E && end > at + 1)
    {
      if text[end] == 0x2E { top = end + 1 }
      end += 1
    }
    if text[end - 1] == 0x2E {
      // The full stop of the sentence; the last label is the one before it.
      end -= 1
      top = end
      while top > at + 1, text[top - 1] != 0x2E { top -= 1 }
    }
    guard top > at + 1, end - top >= 2, (top..<end).allSatisfy({ text.isLetter($0) }) else {
      return nil
    }
    return start..<end
  }

  private static func isLocal(_ text: FoldedText, _ position: Int) -> Bool {
    if text.isLetter(position) || text.isDigit(position) { return true }
    switch text[position] {
    case 0x2E, 0x5F, 0x25, 0x2B, 0x2D, 0x27: return true
    default: return false
    }
  }
}

/// Recognises Korean passport numbers: a letter and eight digits (`M12345678`), or since 2021 with a
/// letter in the middle (`M123A4567`).
enum PassportDetector {
  static func matches(in text: FoldedText) -> [PIIMatch] {
    var matches: [PIIMatch] = []
    for start in 0..<text.count where isType(text[start]) {
      let range = start..<start + 9
      guard !text.isLetter(start - 1), !text.isDigit(start - 1), !text.isLetter(range.upperBound),
        !text.isDigit(range.upperBound),
        (1...8).allSatisfy({ text.isDigit(start + $0) || ($0 == 4 && text.isLetter(start + 4)) }),
        text.hasWord(of: .passport, near: range)
      else { continue }
      matches.append(PIIMatch(kind: .passport, range: range))
    }
    return matches
  }

  private static func isType(_ scalar: UInt32) -> Bool {
    // M, S, R, O and D: ordinary, single, residence, official, diplomatic.
    [0x4D, 0x53, 0x52, 0x4F, 0x44].contains(scalar & ~0x20) && scalar >= 0x41
  }
}
