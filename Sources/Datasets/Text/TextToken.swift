/// What texts are compared by: a word, a number, a mathematical sign, or one character of a script
/// that is cut into characters.
struct TextToken: Sendable, Equatable {
  /// Of the folded text: NFC, lower case, half-width.
  let hash: UInt64
  /// Where it stands in the text as it was given, in Unicode scalars.
  let range: Range<Int>
  /// Whether it is a single character rather than a word.
  let isCharacter: Bool
}

/// How many tokens are compared at once.
struct WindowSize: Sendable, Equatable {
  /// Where the window begins with a character (Hangul, Han, kana, Thai).
  var characters: Int
  /// Where it begins with a word.
  var words: Int

  func length(at token: TextToken) -> Int { token.isCharacter ? characters : words }
}

/// Mixes all bits of a number into all bits of the result (the finaliser of SplitMix64).
@inline(__always)
func mixed(_ value: UInt64) -> UInt64 {
  var z = value
  z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
  return z ^ (z >> 31)
}
