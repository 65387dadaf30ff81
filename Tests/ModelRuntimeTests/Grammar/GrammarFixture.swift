import JSON
import MLOpsCore
import Testing

@testable import ModelRuntime

/// Grammars over the tiny model's vocabulary, whose first 256 tokens are the bytes.
enum GrammarFixture {
  static let pieces: TokenPieces? = try? TokenPieces(
    LlamaModel(Fixture.tiny, vocabularyOnly: true).tokenizer)

  static func matcher(_ text: String) throws -> GrammarMatcher {
    try GrammarMatcher(Grammar(parsing: text), #require(pieces))
  }

  /// Whether a text is one of the grammar, read byte by byte.
  static func accepts(_ grammar: String, _ text: String) throws -> Bool {
    let matcher = try matcher(grammar)
    for byte in text.utf8 {
      guard try matcher.allows(Int32(byte)) else { return false }
      try matcher.accept(Int32(byte))
    }
    return matcher.mayEnd
  }

  /// A text of the grammar by chance; nil where it is not complete after `limit` tokens.
  static func walk(_ grammar: String, limit: Int, seed: UInt64) throws -> String? {
    let matcher = try matcher(grammar)
    let pieces = try #require(pieces)
    var generator = SplitMix64(seed: seed)
    var bytes: [UInt8] = []
    for _ in 0..<limit {
      if matcher.mustEnd || (matcher.mayEnd && generator.unit() < 0.5) {
        return String(decoding: bytes, as: UTF8.self)
      }
      let allowed = try (0..<Int32(pieces.count)).filter { try matcher.allows($0) }
      // What closes is likelier than chance, or nothing would ever end.
      let closing = allowed.filter { "\"}]".utf8.map { Int32($0) }.contains($0) }
      let choice = !closing.isEmpty && generator.unit() < 0.4 ? closing : allowed
      try #require(!choice.isEmpty)
      let token = choice[Int(generator.next() % UInt64(choice.count))]
      try matcher.accept(token)
      bytes += pieces[token]
    }
    return nil
  }
}
