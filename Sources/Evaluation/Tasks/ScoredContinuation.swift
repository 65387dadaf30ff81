import JSON
import MLOpsCore
import Yams

/// How a text that is scored follows the question: the keys `separator` and `border` of a suite.
struct ScoredContinuation: Sendable {
  static let keys = ["separator", "border"]

  /// Stands between the question and the text; one space where the suite does not say.
  let separator: String
  /// What is scored where a token lies on both sides.
  let border: ScoringRequest.Border

  init(_ members: [String: Node], _ reader: SuiteReader) throws(EvaluationError) {
    separator =
      try members["separator"].map { node throws(EvaluationError) in
        try reader.text(node, "separator")
      } ?? " "
    border =
      try members["border"].map { node throws(EvaluationError) in
        try reader.choice(node, "border", of: ScoringRequest.Border.self)
      } ?? .token
  }

  /// For the suite's digest.
  var json: [String: JSONValue] {
    var json: [String: JSONValue] = ["separator": .string(separator)]
    if border != .token { json["border"] = .string(border.rawValue) }
    return json
  }

  /// Asks how likely each text is after a case's question.
  ///
  /// - Throws: `PromptError`.
  func request(_ texts: [String], after one: SuiteCase, _ prompt: CasePrompt) throws
    -> ModelRequest
  {
    .score(
      ScoringRequest(
        input: try prompt.input(one.record),
        continuations: texts.map { (prompt.format == .chat ? "" : separator) + $0 },
        border: border))
  }
}
