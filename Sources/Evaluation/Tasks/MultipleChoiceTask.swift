import JSON
import MLOpsCore
import Yams

/// The task `multiple_choice`: the model is asked how likely each choice is after the question.
///
/// The right answer is a place among the choices, from 0, or the text of one; a list names several.
struct MultipleChoiceTask: SuiteTask {
  static let name = "multiple_choice"
  static let keys = ["choices"] + ScoredContinuation.keys
  static let metrics = [Metric.accuracy]
  static let writesAnswers = false
  static let takesRephrasings = true

  /// The field with the texts, or the texts of every case.
  private enum Source {
    case field(String)
    case fixed([String])
  }

  private let source: Source
  private let continuation: ScoredContinuation
  var separator: String { continuation.separator }

  init(_ members: [String: Node], _ reader: SuiteReader) throws(EvaluationError) {
    guard let node = members["choices"] else {
      throw reader.error(
        at: members["task"] ?? Node(""),
        "multiple_choice needs 'choices', the field with a case's choices or a list of them")
    }
    source =
      node.sequence == nil
      ? .field(try reader.string(node, "choices"))
      : .fixed(try reader.strings(node, "choices"))
    continuation = try ScoredContinuation(members, reader)
  }

  var json: JSONValue {
    let choices: JSONValue =
      switch source {
      case .field(let name): .string(name)
      case .fixed(let texts): .array(texts.map { .string($0) })
      }
    return .object(continuation.json.merging(["choices": choices]) { $1 })
  }

  func completed(_ one: SuiteCase) throws(CaseMistake) -> SuiteCase {
    let choices = try choices(of: one)
    var right: Set<Int> = []
    for answer in one.expected.array ?? [one.expected] {
      if let place = answer.int {
        guard choices.indices.contains(place) else {
          throw CaseMistake(
            reason:
              "the right answer is the choice \(place), but there are \(choices.count), counted from 0"
          )
        }
        right.insert(place)
      } else if let text = answer.string, let place = choices.firstIndex(of: text) {
        right.insert(place)
      } else {
        throw CaseMistake(
          reason:
            "the right answer \(answer.canonical) is neither a place among the choices nor one of them"
        )
      }
    }
    guard !right.isEmpty else { throw CaseMistake(reason: "the case names no right choice") }
    return SuiteCase(
      id: one.id, record: one.record, expected: one.expected, alternatives: one.alternatives,
      slices: one.slices, choices: choices, rightChoices: right)
  }

  private func choices(of one: SuiteCase) throws(CaseMistake) -> [String] {
    guard case .field(let name) = source else {
      if case .fixed(let texts) = source { return texts }
      return []
    }
    guard let elements = one.record[name]?.array, elements.count > 1 else {
      throw CaseMistake(reason: "'\(name)' must be a list of at least two choices")
    }
    var texts: [String] = []
    for element in elements {
      let text = element.string ?? element.canonical
      guard !text.isEmpty else { throw CaseMistake(reason: "a choice is empty") }
      texts.append(text)
    }
    guard Set(texts).count == texts.count else {
      throw CaseMistake(reason: "a choice occurs twice: \(texts.joined(separator: ", "))")
    }
    return texts
  }

  func request(_ one: SuiteCase, _ prompt: CasePrompt, sample: Int) throws -> ModelRequest {
    try continuation.request(one.choices, after: one, prompt)
  }

  func sample(of answer: ModelAnswer, to one: SuiteCase) -> Sample {
    guard case .scores(let scores) = answer, scores.count == one.choices.count else {
      return misplaced(answer)
    }
    var sample = Sample(
      output: nil, answer: .unreadable(reason: "the scores are no numbers"), scores: scores,
      usage: TokenUsage(promptTokens: 0, completionTokens: scores.reduce(0) { $0 + $1.tokens }))
    if let chosen = sample.chosen(.sum, of: one) {
      sample.answer = .readable(.string(one.choices[chosen]))
    }
    return sample
  }
}
