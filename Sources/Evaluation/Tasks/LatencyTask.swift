import JSON
import MLOpsCore
import Yams

/// The task `latency`: how long answers take, one case at a time on an idle engine. There is no
/// right answer.
struct LatencyTask: SuiteTask {
  static let name = "latency"
  static let expectsAnswer = false
  static let metrics = [
    Metric(CostMetric(measure: .firstToken)), Metric(CostMetric(measure: .perToken)),
  ]

  init(_ members: [String: Node], _ reader: SuiteReader) throws(EvaluationError) {}

  let isTimed = true

  func request(_ one: SuiteCase, _ prompt: CasePrompt, sample: Int) throws -> ModelRequest {
    .generate(try prompt.generation(one.record))
  }

  func sample(of answer: ModelAnswer, to one: SuiteCase) -> Sample {
    guard case .generated(let generation) = answer else { return misplaced(answer) }
    return Sample(
      output: generation.text, answer: .readable(.string(generation.text)),
      usage: generation.usage)
  }
}
