/// A grammar in GBNF as a text, before any model is there.
public enum GrammarText {
  /// - Throws: `runtime.invalid_grammar` with the line and column of what is wrong.
  public static func check(_ text: String) throws(RuntimeError) { _ = try Grammar(parsing: text) }
}
