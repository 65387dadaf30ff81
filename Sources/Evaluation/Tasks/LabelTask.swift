import Foundation
import JSON
import MLOpsCore
import Yams

/// The task `label`: the whole output, white space around it aside, is one JSON value.
struct LabelTask: SuiteTask {
  static let name = "label"
  static let keys = ["samples", "temperature"]
  static let metrics = [Metric.accuracy]

  private let writing: WrittenAnswers

  init(_ members: [String: Node], _ reader: SuiteReader) throws(EvaluationError) {
    writing = try WrittenAnswers(members, reader)
  }

  var json: JSONValue { writing.json }
  var samples: Int { writing.samples }

  func request(_ one: SuiteCase, _ prompt: CasePrompt, sample: Int) throws -> ModelRequest {
    try writing.request(one, prompt, sample: sample)
  }

  func sample(of answer: ModelAnswer, to one: SuiteCase) -> Sample {
    guard case .generated(let generation) = answer else { return misplaced(answer) }
    return Sample(
      output: generation.text, answer: LabelTask.read(generation.text), usage: generation.usage)
  }

  static func read(_ output: String) -> Answer {
    let text = output.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !text.isEmpty else { return .unreadable(reason: "the output is empty") }
    do {
      return .readable(try JSONValue(parsing: text))
    } catch {
      return .unreadable(
        reason: "not JSON at line \(error.line), column \(error.column): \(error.reason)")
    }
  }
}
