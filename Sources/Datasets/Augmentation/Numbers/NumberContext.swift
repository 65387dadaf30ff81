/// What stands around digits, and whether it ties them down: `제3회`, `3월 5일`, `A4`, `2nd`.
struct NumberContext {
  private let scalars: [Unicode.Scalar]
  private let range: Range<Int>

  init(_ scalars: [Unicode.Scalar], _ range: Range<Int>) {
    self.scalars = scalars
    self.range = range
  }

  /// Whether the digits name something rather than count it.
  var isTied: Bool {
    isTiedBefore || isTiedAfter || isYear || isMinuteOfDay
      || Fractions.haveIn(scalars, part: range)
  }

  private func scalar(_ index: Int) -> Unicode.Scalar? {
    scalars.indices.contains(index) ? scalars[index] : nil
  }

  /// The place before the digits, and before one space.
  private var before: Int { range.lowerBound - (scalar(range.lowerBound - 1) == " " ? 2 : 1) }

  /// The place behind the digits, and behind one space.
  private var behind: Int { range.upperBound + (scalar(range.upperBound) == " " ? 1 : 0) }

  /// Whether a word follows that counts in English: `3 apples`, but not `3 km`.
  var isBeforeLatinWord: Bool {
    let word = latinWord(from: behind)
    return behind > range.upperBound && !word.isEmpty && !Units.isLatin(word)
  }

  // MARK: Before

  private var isTiedBefore: Bool {
    if let previous = scalar(range.lowerBound - 1) {
      if NumberScanner.isLatin(previous) || NumberContext.ties.contains(previous) { return true }
      if previous == "-", let other = scalar(range.lowerBound - 2),
        NumberScanner.isLatin(other) || KoreanParticle.isSyllable(other)
      {
        return true
      }
    }
    if scalar(before) == "제" {
      return scalar(before - 1).map { !KoreanParticle.isSyllable($0) } ?? true
    }
    return latinWord(endingAt: before).map(NumberContext.labels.contains) ?? false
  }

  /// In lower case, without a point at its end.
  private func latinWord(endingAt end: Int) -> String? {
    var last = end
    if scalar(last) == "." { last -= 1 }
    var first = last
    while last - first < 12, let letter = scalar(first), NumberScanner.isLatin(letter) {
      first -= 1
    }
    guard first < last else { return nil }
    return String(scalars: scalars[(first + 1)...last]).lowercased()
  }

  // MARK: Behind

  private var isTiedAfter: Bool {
    if let next = scalar(range.upperBound) {
      if NumberContext.followers.contains(next) { return true }
      if NumberScanner.isLatin(next) { return !Units.isLatin(latinWord(from: range.upperBound)) }
    }
    if hasSuffix(NumberContext.suffixes, at: range.upperBound) { return true }
    if hasSuffix(NumberContext.spacedSuffixes, at: behind) { return true }
    return NumberContext.months.contains(latinWord(from: behind).lowercased())
  }

  private func hasSuffix(
    _ suffixes: [(text: [Unicode.Scalar], but: Unicode.Scalar?)], at place: Int
  )
    -> Bool
  {
    suffixes.contains { suffix, exception in
      let end = place + suffix.count
      guard end <= scalars.count, scalars[place..<end].elementsEqual(suffix) else { return false }
      return exception == nil || scalar(end) != exception
    }
  }

  private func latinWord(from start: Int) -> String {
    var end = start
    while end - start < 16, let letter = scalar(end), NumberScanner.isLatin(letter) { end += 1 }
    return String(scalars: scalars[start..<max(start, end)])
  }

  // MARK: Times

  /// Four digits from 1900 to 2099 with nothing that they could count.
  private var isYear: Bool {
    guard range.count == 4, let year = Int(String(scalars: scalars[range])),
      (1900...2099).contains(year)
    else { return false }
    guard let next = scalar(range.upperBound), let word = scalar(behind) else { return true }
    return next != "%" && !KoreanParticle.isSyllable(word)
      && !Units.isLatin(latinWord(from: behind))
  }

  /// `30분` in `10시 30분`.
  private var isMinuteOfDay: Bool {
    scalar(behind) == "분" && scalar(before) == "시"
      && (scalar(before - 1).map(NumberScanner.isDigit) ?? false)
  }

  // MARK: Words

  private static let ties: Set<Unicode.Scalar> = ["_", "#", "@", "^", "\\", ".", "/"]
  /// Powers, indices, and what makes an address.
  private static let followers: Set<Unicode.Scalar> = [
    "^", "_", "@", "²", "³", "¹", "⁰", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹",
  ]

  /// Each with a syllable that makes another word of it: 등분 divides, 시간 lasts.
  private static let suffixes = list([
    ("번째", nil), ("째", nil), ("등", "분"), ("위", "치"), ("학년", nil), ("년", nil), ("월", nil),
    ("일", nil), ("시", "간"), ("교시", nil), ("호", nil), ("번지", nil), ("세기", nil),
  ])
  private static let spacedSuffixes = list([
    ("번째", nil), ("학년", nil), ("년", nil), ("월", nil), ("일", nil), ("시", "간"), ("교시", nil),
  ])

  private static func list(_ words: [(String, Unicode.Scalar?)]) -> [(
    text: [Unicode.Scalar], but: Unicode.Scalar?
  )] {
    words.map { (Array($0.0.unicodeScalars), $0.1) }
  }

  private static let months: Set<String> = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep",
    "sept", "oct", "nov", "dec",
  ]
  private static let labels: Set<String> = months.union([
    "no", "nr", "number", "chapter", "section", "figure", "fig", "table", "page", "question",
    "problem", "exercise", "step", "grade", "version", "room", "line", "lesson", "unit",
  ])
}
