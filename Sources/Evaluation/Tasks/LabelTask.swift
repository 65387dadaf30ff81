import Foundation
import JSON
import MLOpsCore
import Yams

/// The task `label`: the whole output, white space around it aside, is one JSON value; where the suite
/// says so, one that a schema accepts, or one of some texts.
struct LabelTask: SuiteTask {
  static let name = "label"
  static let keys = WrittenAnswers.keys + AnswerRule.keys
  static let metrics = [Metric.accuracy]
  static let takesRephrasings = true

  private let writing: WrittenAnswers
  let rule: AnswerRule

  init(_ members: [String: Node], _ reader: SuiteReader) throws {
    writing = try WrittenAnswers(members, reader)
    rule = try AnswerRule(members, reader)
    if writing.grammar != nil, rule.grammar != nil, let node = members["grammar"] {
      throw reader.error(
        at: node, "'constrained' binds answers to a grammar already: leave one of the two out")
    }
  }

  var json: JSONValue { .object(writing.json.merging(rule.json) { $1 }) }
  var samples: Int { writing.samples }
  var grammar: SuiteGrammar? { writing.grammar ?? rule.grammar }

  func completed(_ one: SuiteCase) throws(CaseMistake) -> SuiteCase { try rule.completed(one) }

  func shown(_ one: SuiteCase) -> String { rule.shown(one.expected) }

  func request(_ one: SuiteCase, _ prompt: CasePrompt, sample: Int) throws -> ModelRequest {
    try writing.request(one, prompt, sample: sample, grammar: rule.grammar)
  }

  func sample(of answer: ModelAnswer, to one: SuiteCase) -> Sample {
    guard case .generated(let generation) = answer else { return misplaced(answer) }
    var answer = rule.read(generation.text)
    if generation.reason == .length, let reason = answer.reason {
      answer = .unreadable(
        reason: "\(reason); it was cut after \(generation.usage.completionTokens) tokens")
    }
    return Sample(output: generation.text, answer: answer, usage: generation.usage)
  }
}
