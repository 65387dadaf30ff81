/// A sentence as refusals are looked for in it.
struct RefusalText {
  /// With single spaces between words and one on either end.
  let spaced: Scalars
  /// Without spaces.
  let unspaced: Scalars

  /// The first sentences of a text that have a letter, each cut at a fixed length.
  static func sentences(of text: String, atMost count: Int) -> [RefusalText] {
    var sentences: [RefusalText] = []
    // Enough for all sentences looked at; normalising a megabyte behind them would be for nothing.
    let beginning = text.unicodeScalars.prefix(16 * count * RefusalDetector.scalars).text
    for part in comparable(beginning).split(whereSeparator: { ends.contains($0) }) {
      guard let start = part.firstIndex(where: { $0.isLetterOrNumber }) else { continue }
      sentences.append(RefusalText(part[start...].prefix(RefusalDetector.scalars)))
      if sentences.count == count { break }
    }
    return sentences
  }

  private init(_ scalars: ArraySlice<Unicode.Scalar>) {
    let words = scalars.words()
    spaced = words.reduce(into: [" "]) { $0 += $1 + [" "] }
    unspaced = scalars.withoutSpace()
  }

  private static let ends: Set<Unicode.Scalar> = [".", "!", "?", "。", "…", "\n", "\r"]

  /// NFC, lower case, straight apostrophes, single spaces, contractions written out; line ends
  /// stay.
  static func comparable(_ text: String) -> Scalars {
    let composed = LetterCase.lowered(UnicodeForm.nfc.applied(to: text))
      .map { ["’", "ʼ", "＇", "‘"].contains($0) ? "'" : $0 }
    let lines = composed.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r" }
    return Array(lines.map(writtenOut).joined(separator: ["\n"]))
  }

  /// `can't` and `can not` are `cannot`, `don't` is `do not`.
  private static func writtenOut(_ line: ArraySlice<Unicode.Scalar>) -> Scalars {
    var words: [Scalars] = []
    for word in line.words() {
      let end = word.lastIndex { $0.isLetterOrNumber }.map { $0 + 1 } ?? word.startIndex
      let core = Array(word[..<end])
      if core.elementsEqual("not".unicodeScalars), let last = words.last,
        last.elementsEqual("can".unicodeScalars)
      {
        words[words.count - 1] = last + core + word[end...]
      } else {
        words.append((contractions[core] ?? withoutEnding(core)) + word[end...])
      }
    }
    return Array(words.joined(separator: [" "]))
  }

  private static let contractions: [Scalars: Scalars] = Dictionary(
    uniqueKeysWithValues: [
      ("can't", "cannot"), ("won't", "will not"), ("i'm", "i am"), ("i'd", "i would"),
      ("we're", "we are"),
    ].map { (Array($0.0.unicodeScalars), Array($0.1.unicodeScalars)) })

  private static func withoutEnding(_ word: Scalars) -> Scalars {
    guard word.count > 3, word.suffix(3).elementsEqual("n't".unicodeScalars) else { return word }
    return word.dropLast(3) + Array(" not".unicodeScalars)
  }
}
