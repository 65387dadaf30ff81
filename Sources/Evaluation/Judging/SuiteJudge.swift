import JSON
import MLOpsCore

/// Who judges the answers to a suite, by what rubric: the `judge` of a suite's file.
public struct SuiteJudge: Sendable, Hashable {
  /// A reference to a release, or to a model that implies one.
  public let release: String
  /// What is good, in the words of the suite's author; not empty.
  public let rubric: String
  /// The worst and the best score, at most 11 whole numbers.
  public let scale: ClosedRange<Int>
  /// Whether the judge sees the right answer.
  public let showsReference: Bool
  /// What the judge is told the question is: a template over the fields of a case.
  public let question: String
  /// The field in which people's judgements are; nil where there are none.
  public let human: String?

  /// For the suite's digest.
  var json: JSONValue {
    [
      "release": .string(release), "rubric": .string(rubric),
      "scale": [.integer(scale.lowerBound), .integer(scale.upperBound)],
      "reference": .bool(showsReference), "question": .string(question),
      "human": human.map { .string($0) } ?? .null,
    ]
  }

  /// Checks what a case has for the judge.
  ///
  /// - Throws: `CaseMistake`.
  func check(_ one: SuiteCase) throws(CaseMistake) {
    _ = try humanJudgements(of: one)
    do {
      _ = try questionText(of: one)
    } catch {
      guard case .missingField(let name, _) = error else { return }
      throw CaseMistake(reason: "a case has no '\(name)', which the judge's question needs")
    }
  }

  /// - Throws: `PromptError.missingField`.
  func questionText(of one: SuiteCase) throws(PromptError) -> String {
    try PromptTemplate(template: question).messages(for: one.record).last?.content ?? ""
  }
}
