import JSON

/// What is right for each document: the members of a case besides its prompt.
struct HarnessAnswers {
  private let task: HarnessTask
  private let format: HarnessFormat
  private let scoring: HarnessScoring
  /// Whether answers are several, which the first document decides, as there.
  let hasSeveral: Bool

  init(
    _ task: HarnessTask, _ questions: HarnessSplit, _ settings: HarnessSettings,
    _ scoring: HarnessScoring
  ) throws(EvaluationError) {
    self.task = task
    self.scoring = scoring
    var format = task.question
    format.columns = questions.columns
    self.format = format
    guard let first = questions.documents.first else {
      hasSeveral = false
      return
    }
    if case .list = try format.target(first) { hasSeveral = true } else { hasSeveral = false }
    if task.output == .choice, try format.text(first).int != nil {
      throw format.text?.fault(
        "it is the place of a choice, so that the choices are questions (as in Winogrande); a suite "
          + "asks one question with several answers", first)
        ?? .couldNotMeasure(reason: "the task has no question")
    }
  }

  func fields(of document: HarnessDocument) throws(EvaluationError) -> [String: JSONValue] {
    let target = try format.target(document)
    switch task.output {
    case .choice: return try choice(target, document)
    case .likelihood: return ["answer": .string(try text(target, document))]
    case .rolling: return ["text": .string(try text(target, document))]
    case .generated: return try generated(target, document)
    }
  }

  private func fault(_ reason: String, _ document: HarnessDocument) -> EvaluationError {
    format.target?.fault(reason, document) ?? .couldNotMeasure(reason: reason)
  }

  private func text(_ target: PythonValue, _ document: HarnessDocument) throws(EvaluationError)
    -> String
  {
    guard let text = target.string, !text.isEmpty else {
      throw fault("expected a text that is not empty, found \(target.repr.prefix(60))", document)
    }
    return text
  }

  private func choices(_ document: HarnessDocument) throws(EvaluationError) -> [String] {
    let choices = (try format.choices(document) ?? []).map(\.text)
    guard choices.count > 1, Set(choices).count == choices.count, !choices.contains("") else {
      throw format.choice?.fault(
        "a suite needs at least two different choices, none of them empty, found "
          + "\(choices.description.prefix(120))", document)
        ?? fault("there are no choices", document)
    }
    return choices
  }

  private func choice(_ target: PythonValue, _ document: HarnessDocument) throws(EvaluationError)
    -> [String: JSONValue]
  {
    let choices = try choices(document)
    var places: [JSONValue] = []
    for answer in hasSeveral ? target.elements ?? [target] : [target] {
      let place = answer.int ?? (hasSeveral ? nil : answer.string.flatMap(choices.firstIndex(of:)))
      guard let place, choices.indices.contains(place) else {
        throw fault(
          "the right answer \(answer.repr.prefix(60)) is none of the \(choices.count) choices",
          document)
      }
      places.append(.integer(place))
    }
    guard let first = places.first else { throw fault("there is no right answer", document) }
    return [
      "choices": .array(choices.map { .string($0) }), "answer": hasSeveral ? .array(places) : first,
    ]
  }

  private func generated(_ target: PythonValue, _ document: HarnessDocument)
    throws(EvaluationError) -> [String: JSONValue]
  {
    var answers = [target]
    if let choices = try format.choices(document) {
      guard let place = target.int, choices.indices.contains(place) else {
        throw fault(
          "with 'doc_to_choice' the right answer is the place of a choice, found "
            + "\(target.repr.prefix(60))", document)
      }
      answers = [choices[place]]
    } else if hasSeveral {
      answers = target.elements ?? [target]
    }
    var texts: [String] = []
    for answer in answers {
      let text = try comparable(answer.text, document)
      if !texts.contains(where: { $0.utf8.elementsEqual(text.utf8) }) { texts.append(text) }
    }
    guard let first = texts.first else { throw fault("there is no right answer", document) }
    var fields: [String: JSONValue] = ["answer": .string(first)]
    if hasSeveral { fields["alternatives"] = .array(texts.dropFirst().map { .string($0) }) }
    return fields
  }

  /// A right answer after all that `exact_match` does to it, without white space around it, which a
  /// suite takes from outputs too.
  private func comparable(_ answer: String, _ document: HarnessDocument) throws(EvaluationError)
    -> String
  {
    var text = answer
    for pattern in scoring.ignored {
      guard let rest = pattern.removed(from: text) else {
        throw fault("looking for '\(pattern.source)' in the right answer takes too long", document)
      }
      text = rest
    }
    var steps: [AnswerNormalisation.Step] = []
    if scoring.ignoresCase { steps.append(.lowercase) }
    if scoring.ignoresPunctuation { steps.append(.stripPunctuation) }
    steps.append(.trim)
    text = AnswerNormalisation(steps).applied(to: text) ?? text
    // A number that is compared as such is written as the filters write it.
    guard !scoring.ignored.isEmpty, let number = try? JSONValue(parsing: text), number.double != nil
    else { return text }
    return number.canonical
  }

  /// Whether a right answer is a number, as the filters write it.
  static func isNumber(_ answer: String) -> Bool {
    NumberInText.canonical(.first, in: answer) == answer
  }
}
