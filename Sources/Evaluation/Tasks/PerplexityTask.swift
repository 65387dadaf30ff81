import JSON
import MLOpsCore
import Yams

/// The task `perplexity`: how likely whole texts are, in windows as long as the model's context
/// (rolling). The input is the text; there is no prompt and no right answer.
struct PerplexityTask: SuiteTask {
  static let name = "perplexity"
  static let expectsAnswer = false
  static let writesAnswers = false
  static let metrics = [
    Metric(LikelihoodMetric(measure: .perplexity(.word))),
    Metric(LikelihoodMetric(measure: .perplexity(.byte))),
    Metric(LikelihoodMetric(measure: .perplexity(.bitsPerByte))),
  ]

  private let input: String

  init(_ members: [String: Node], _ reader: SuiteReader) throws(EvaluationError) {
    guard let node = members["input"] else {
      throw reader.error(at: members["task"] ?? Node(""), "'input' is missing")
    }
    input = try reader.string(node, "input")
  }

  func completed(_ one: SuiteCase) throws(CaseMistake) -> SuiteCase {
    guard let text = one.record[input]?.string, !text.isEmpty else {
      throw CaseMistake(reason: "'\(input)' must be a text that is not empty")
    }
    return SuiteCase(
      id: one.id, record: one.record, expected: .string(text), slices: one.slices)
  }

  func request(_ one: SuiteCase, _ prompt: CasePrompt, sample: Int) throws -> ModelRequest {
    .rolling(text: one.scored)
  }

  func sample(of answer: ModelAnswer, to one: SuiteCase) -> Sample {
    guard case .rolling(let score) = answer else { return misplaced(answer) }
    return Sample(scored: score)
  }
}
