/// Turns texts into sets of shingles: windows of neighbouring tokens, each as a 32-bit hash.
///
/// 32 bits keep a million short rows in 100 MB; two different shingles of one pair of rows fall
/// together with a chance of about `n²/2³³`, which for 1,000 shingles is one in 8,000.
///
/// - SeeAlso: Broder, "On the resemblance and containment of documents", 1997.
struct Shingler: Sendable {
  private let tokeniser: TextTokeniser
  private let window: WindowSize

  init(_ options: NearDuplicateOptions) {
    tokeniser = TextTokeniser(ignoresParticles: options.ignoresParticles)
    window = WindowSize(characters: options.characters, words: options.words)
  }

  /// The set of all texts' shingles, ascending; no shingle spans two texts.
  ///
  /// A text shorter than a window is one shingle; one without a token has none.
  func shingles(of texts: [String]) -> [UInt32] {
    var hashes: [UInt32] = []
    for text in texts { add(tokeniser.tokens(of: text), to: &hashes) }
    hashes.sort()
    var count = 0
    for index in hashes.indices where index == 0 || hashes[index] != hashes[index - 1] {
      hashes[count] = hashes[index]
      count += 1
    }
    hashes.removeLast(hashes.count - count)
    return hashes
  }

  private func add(_ tokens: [TextToken], to hashes: inout [UInt32]) {
    for start in tokens.indices {
      let end = start + window.length(at: tokens[start])
      guard end <= tokens.count || start == 0 else { continue }
      var hash: UInt64 = 0
      for token in tokens[start..<min(end, tokens.count)] { hash = mixed(hash &+ token.hash) }
      hashes.append(UInt32(truncatingIfNeeded: hash))
    }
  }
}
