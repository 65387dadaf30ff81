/// A text as the tokens that comparisons see, and its runs of them.
struct TokenisedText: Sendable {
  let tokens: [TextToken]
  /// Of all tokens.
  let hash: UInt64

  init(_ text: String, _ tokeniser: TextTokeniser) {
    tokens = tokeniser.tokens(of: text)
    hash = tokens.reduce(UInt64(tokens.count)) { mixed($0 &+ $1.hash) }
  }

  /// The stretch of the text from one token to another.
  func range(_ range: Range<Int>) -> Range<Int> {
    guard let first = range.first, let last = range.last else { return 0..<0 }
    return tokens[first].range.lowerBound..<tokens[last].range.upperBound
  }

  func isSame(as other: TokenisedText) -> Bool {
    hash == other.hash && tokens.elementsEqual(other.tokens) { $0.hash == $1.hash }
  }

  /// The hash of every run of `length` tokens that begins as the window size says, by its start, in
  /// time linear in the tokens.
  ///
  /// - SeeAlso: Karp and Rabin, "Efficient randomized pattern-matching algorithms", 1987.
  func runs(_ window: WindowSize) -> [(start: Int, hash: UInt64)] {
    var runs: [(start: Int, hash: UInt64)] = []
    for length in Set([window.characters, window.words]) where tokens.count >= length {
      var hash: UInt64 = 0
      var power: UInt64 = 1
      for index in 0..<length {
        hash = hash &* TokenisedText.base &+ tokens[index].hash
        if index > 0 { power = power &* TokenisedText.base }
      }
      for start in 0...tokens.count - length {
        if start > 0 {
          hash = hash &- tokens[start - 1].hash &* power
          hash = hash &* TokenisedText.base &+ tokens[start + length - 1].hash
        }
        if window.length(at: tokens[start]) == length {
          runs.append((start, mixed(hash &+ UInt64(length))))
        }
      }
    }
    return runs.sorted { $0.start < $1.start }
  }

  private static let base: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// How many tokens agree from two places on.
  func agreement(from start: Int, with other: TokenisedText, from otherStart: Int) -> Int {
    var count = 0
    while start + count < tokens.count, otherStart + count < other.tokens.count,
      tokens[start + count].hash == other.tokens[otherStart + count].hash
    {
      count += 1
    }
    return count
  }
}
