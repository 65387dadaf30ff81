import Foundation
import JSON
import MLOpsCore
import Yams

/// The task `generate`: the output is text; white space around it does not count.
///
/// `filters` take the answer out of the output; what they find none in is unreadable. The expected
/// answer goes through none of them.
struct GenerateTask: SuiteTask {
  static let name = "generate"
  static let keys = WrittenAnswers.keys + ["filters"]
  static let metrics = [Metric.accuracy]
  static let takesRephrasings = true

  let writing: WrittenAnswers
  private let filters: AnswerNormalisation
  private let filterText: [JSONValue]

  init(_ members: [String: Node], _ reader: SuiteReader) throws(EvaluationError) {
    writing = try WrittenAnswers(members, reader)
    let nodes = try members["filters"].map { node throws(EvaluationError) in
      try reader.list(node, "filters")
    }
    filters = try FilterFile(reader: reader).filters(nodes ?? [])
    filterText = (nodes ?? []).map(reader.json)
  }

  var json: JSONValue {
    .object(writing.json.merging(["filters": .array(filterText)]) { $1 })
  }
  var samples: Int { writing.samples }
  var grammar: SuiteGrammar? { writing.grammar }

  func request(_ one: SuiteCase, _ prompt: CasePrompt, sample: Int) throws -> ModelRequest {
    try writing.request(one, prompt, sample: sample)
  }

  func sample(of answer: ModelAnswer, to one: SuiteCase) -> Sample {
    guard case .generated(let generation) = answer else { return misplaced(answer) }
    return Sample(
      output: generation.text, answer: read(generation.text), usage: generation.usage)
  }

  func read(_ output: String) -> Answer {
    let text = output.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !text.isEmpty else { return .unreadable(reason: "the output is empty") }
    guard !filters.steps.isEmpty else { return .readable(.string(text)) }
    guard let found = filters.applied(to: output) else {
      return .unreadable(reason: "the filters find no answer in it")
    }
    return .readable(.string(found))
  }
}
