/// Grammars that requests name by their text, each read once; used on one thread.
final class GrammarLibrary {
  private let tokenizer: Tokenizer
  private var grammars: [String: Grammar] = [:]
  private lazy var pieces = TokenPieces(tokenizer)

  init(_ tokenizer: Tokenizer) { self.tokenizer = tokenizer }

  /// A matcher at the beginning of a text.
  ///
  /// - Throws: `runtime.invalid_grammar`.
  func matcher(_ text: String) throws(RuntimeError) -> GrammarMatcher {
    let grammar: Grammar
    if let known = grammars[text] {
      grammar = known
    } else {
      grammar = try Grammar(parsing: text)
      if grammars.count == 16 { grammars = [:] }
      grammars[text] = grammar
    }
    return try GrammarMatcher(grammar, pieces)
  }
}
