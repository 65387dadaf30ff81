import JSON
import MLOpsCore
import Yams

/// The task `loglikelihood`: how likely the expected text is after the question.
struct LikelihoodTask: SuiteTask {
  static let name = "loglikelihood"
  static let keys = ScoredContinuation.keys
  static let writesAnswers = false
  static let metrics = [
    Metric(LikelihoodMetric(measure: .perplexity(.token))), Metric(GreedyMatchMetric()),
  ]

  private let continuation: ScoredContinuation
  var separator: String { continuation.separator }

  init(_ members: [String: Node], _ reader: SuiteReader) throws(EvaluationError) {
    continuation = try ScoredContinuation(members, reader)
  }

  var json: JSONValue { .object(continuation.json) }

  func request(_ one: SuiteCase, _ prompt: CasePrompt, sample: Int) throws -> ModelRequest {
    try continuation.request([one.scored], after: one, prompt)
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
