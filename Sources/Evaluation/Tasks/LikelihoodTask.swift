import JSON
import MLOpsCore
import Yams

/// The task `loglikelihood`: how likely the expected text is after the question.
struct LikelihoodTask: SuiteTask {
  static let name = "loglikelihood"
  static let keys = ["separator"]
  static let writesAnswers = false
  static let metrics = [
    Metric(LikelihoodMetric(measure: .perplexity(.token))), Metric(GreedyMatchMetric()),
  ]

  let separator: String

  init(_ members: [String: Node], _ reader: SuiteReader) throws(EvaluationError) {
    separator =
      try members["separator"].map { node throws(EvaluationError) in
        try reader.text(node, "separator")
      } ?? " "
  }

  var json: JSONValue { ["separator": .string(separator)] }

  func request(_ one: SuiteCase, _ prompt: CasePrompt, sample: Int) throws -> ModelRequest {
    .score(
      ScoringRequest(
        input: try prompt.input(one.record),
        continuations: [(prompt.format == .chat ? "" : separator) + one.scored]))
  }

  func sample(of answer: ModelAnswer, to one: SuiteCase) -> Sample {
    guard case .scores(let scores) = answer, let score = scores.first else {
      return misplaced(answer)
    }
    return Sample(scored: score)
  }
}

extension Sample {
  /// Of a text whose likelihood was asked for.
  init(scored score: ContinuationScore) {
    self.init(
      output: nil,
      answer: score.logLikelihood.isFinite
        ? .readable(.double(score.logLikelihood))
        : .unreadable(reason: "the likelihood is no number"),
      scores: [score], usage: TokenUsage(promptTokens: 0, completionTokens: score.tokens))
  }
}
