import Yams

/// A grammar in GBNF that a suite's answers are bound to.
///
/// Whether it is one is known to what reads grammars, which tells lines of the text.
public struct SuiteGrammar: Sendable, Hashable {
  public let text: String
  /// Where the text, or what it was made of, begins.
  private let start: SuitePlace
  /// Whether lines of the text are lines of the file, counted from the one after `start`.
  private let isBlock: Bool

  /// A grammar that is written in the suite.
  init(_ node: Node, _ reader: SuiteReader) throws(EvaluationError) {
    text = try reader.string(node, "grammar")
    start = reader.place(node)
    isBlock = node.scalar?.style == .literal
  }

  /// One that was made of something else.
  init(_ text: String, madeOf place: SuitePlace) {
    self.text = text
    start = place
    isBlock = false
  }

  /// The mistake that a line of the text, from 1, is none of a grammar.
  ///
  /// - Parameter reason: a phrase without a full stop.
  public func mistake(line: Int, reason: String) -> EvaluationError {
    guard isBlock, let first = start.line else { return start.error("grammar: \(reason)") }
    return SuitePlace(file: start.file, line: first + line).error("grammar: \(reason)")
  }
}
