import MLOpsCore

/// The prompts of a suite's cases, each with the examples before its question.
struct CasePrompts {
  private let bare: CasePrompt
  /// By case; empty where there are no examples.
  private let places: [[Int]]
  /// Those that stand before some question, by place.
  private let shown: [Int: CasePrompt.Example]

  /// - Parameters:
  ///   - template: decoding included.
  ///   - label: how people call the release whose prompt it is.
  /// - Throws: `EvaluationError` where an example lacks a field of the prompt.
  init(_ suite: Suite, _ template: PromptTemplate, label: String) throws(EvaluationError) {
    var bare = CasePrompt(template: template, format: suite.format)
    var shown: [Int: CasePrompt.Example] = [:]
    var places: [[Int]] = []
    if let set = suite.examples {
      bare.between = set.between
      bare.separator = set.separator
      for one in suite.cases {
        let found = set.places(before: one, suite.wordings)
        places.append(found)
        for place in found where shown[place] == nil {
          shown[place] = try CasePrompts.example(set.examples[place], suite, template, label)
        }
      }
    }
    self.bare = bare
    self.shown = shown
    self.places = places
  }

  /// The prompt of the case at a place in the suite.
  subscript(index: Int) -> CasePrompt {
    guard places.indices.contains(index) else { return bare }
    var prompt = bare
    prompt.examples = places[index].compactMap { shown[$0] }
    return prompt
  }

  private static func example(
    _ example: PlacedCase, _ suite: Suite, _ template: PromptTemplate, _ label: String
  ) throws(EvaluationError) -> CasePrompt.Example {
    do {
      return CasePrompt.Example(
        question: try template.userTurn(for: example.one.record),
        answer: suite.task.shown(example.one))
    } catch {
      throw mistake(error, example, of: "the prompt of \(label)")
    }
  }

  /// - Parameter owner: whose field an example lacks.
  static func mistake(_ error: PromptError, _ example: PlacedCase, of owner: String)
    -> EvaluationError
  {
    guard case .missingField(let name, let known) = error else {
      return example.place.error(error.message)
    }
    return example.place.error(
      "an example has no '\(name)', which \(owner) needs (it has \(known.joined(separator: ", ")))")
  }
}
