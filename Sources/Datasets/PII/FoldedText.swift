/// A text with one ASCII look for all spellings of digits, letters, hyphens and spaces, scalar for
/// scalar, so that positions are those of the text itself.
struct FoldedText: Sendable {
  let scalars: [UInt32]

  init(_ text: String) { scalars = text.unicodeScalars.map { FoldedText.folded($0.value) } }

  var count: Int { scalars.count }

  /// 0 beyond either end.
  subscript(position: Int) -> UInt32 {
    position >= 0 && position < scalars.count ? scalars[position] : 0
  }

  func isDigit(_ position: Int) -> Bool { self[position] >= 0x30 && self[position] <= 0x39 }

  /// A to Z in either case.
  func isLetter(_ position: Int) -> Bool {
    let lower = self[position] | 0x20
    return lower >= 0x61 && lower <= 0x7A
  }

  func isHangul(_ position: Int) -> Bool { self[position] >= 0xAC00 && self[position] <= 0xD7A3 }

  func isSpace(_ position: Int) -> Bool { self[position] == 0x20 }

  func matches(_ word: [UInt32], at position: Int) -> Bool {
    guard position >= 0, position + word.count <= scalars.count else { return false }
    for index in word.indices {
      let scalar = scalars[position + index]
      let lower = scalar >= 0x41 && scalar <= 0x5A ? scalar | 0x20 : scalar
      if lower != word[index] { return false }
    }
    return true
  }

  /// Whether one of some words stands, even partly, near a stretch.
  ///
  /// - Parameter words: in lower case.
  func hasWord(
    of words: ContextWords, near range: Range<Int>, before: Int = 24, after: Int = 12
  ) -> Bool {
    let start = max(0, range.lowerBound - before)
    let end = min(scalars.count, range.upperBound + after)
    for position in start..<end where position < range.lowerBound || position >= range.upperBound {
      for word in words.words where matches(word, at: position) { return true }
    }
    return false
  }

  private static func folded(_ scalar: UInt32) -> UInt32 {
    switch scalar {
    case 0xFF01...0xFF5E: scalar - 0xFEE0
    // Hyphens, dashes, minus signs, and the long vowel mark and bar that are typed for them.
    case 0x2010...0x2015, 0x2212, 0x30FC, 0xFE58, 0xFE63, 0x3161, 0x00AD: 0x2D
    case 0x09, 0x0A, 0x0D, 0xA0, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: 0x20
    // Dots between digit groups.
    case 0x00B7, 0x2024, 0x30FB: 0x2E
    default: scalar
    }
  }
}

/// Words that make a number near them what it looks like.
struct ContextWords: Sendable {
  let words: [[UInt32]]

  init(_ words: [String]) { self.words = words.map { $0.unicodeScalars.map(\.value) } }

  static let resident = ContextWords(["주민", "등록번호", "rrn", "resident", "외국인"])
  static let phone = ContextWords([
    "전화", "연락", "휴대폰", "핸드폰", "팩스", "문의", "상담", "고객센터", "콜센터", "대표번호", "☎", "☏", "📞",
    "tel", "phone", "call", "fax", "mobile",
  ])
  static let account = ContextWords([
    "계좌", "은행", "농협", "수협", "신협", "입금", "송금", "예금주", "통장", "뱅크", "새마을금고", "우체국",
    "account", "bank",
  ])
  static let passport = ContextWords(["여권", "passport"])
  static let business = ContextWords(["사업자", "business"])
  static let card = ContextWords(["카드", "card"])
}
