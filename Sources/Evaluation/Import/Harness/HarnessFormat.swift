/// How a document becomes text: for the examples before a question, or for the question.
struct HarnessFormat {
  var text: HarnessField?
  var target: HarnessField?
  var choice: HarnessField?
  var prefix: HarnessField?
  var targetDelimiter: String
  var exampleDelimiter: String
  /// Columns of the questions' split, by which a text is told from a template.
  var columns: Set<String> = []
  /// Whether the task has choices, so that digits alone are a place among them.
  var hasChoices: Bool

  /// `doc_to_text`: a text, or the place of a choice.
  func text(_ document: HarnessDocument) throws(EvaluationError) -> PythonValue {
    guard let text else { return .none }
    let (value, isRendered) = try text.value(of: document, columns: columns)
    guard isRendered, hasChoices, let rendered = value.string else { return value }
    return text.place(rendered) ?? value
  }

  /// `doc_to_target`: a text, a place among the choices, or a list of either.
  func target(_ document: HarnessDocument) throws(EvaluationError) -> PythonValue {
    guard let target else { return .none }
    let (value, isRendered) = try target.value(of: document, columns: columns)
    guard isRendered, let rendered = value.string else { return value }
    if hasChoices, let place = target.place(rendered) { return place }
    if rendered.utf8.count >= 2, rendered.utf8.first == 0x5B, rendered.utf8.last == 0x5D {
      return (try? PythonLiteral.value(of: rendered)) ?? value
    }
    return value
  }

  /// `doc_to_choice`; nil where the task has none.
  func choices(_ document: HarnessDocument) throws(EvaluationError) -> [PythonValue]? {
    guard let choice else { return nil }
    let (value, isRendered) = try choice.value(of: document, columns: columns)
    if isRendered, let rendered = value.string {
      do {
        guard let elements = try PythonLiteral.value(of: rendered).elements else {
          throw choice.fault(
            "the template must make a list, found \(rendered.prefix(60))", document)
        }
        return elements
      } catch let fault as PythonLiteral.Fault {
        throw choice.fault(
          "the template must make a list of Python, but \(fault.reason): \(rendered.prefix(60))",
          document)
      } catch let error as EvaluationError {
        throw error
      } catch {
        throw choice.fault("\(error)", document)
      }
    }
    if case .dict(let dict) = value { return dict.pairs.map(\.value) }
    guard let elements = value.elements else {
      throw choice.fault("expected a list of choices, found the type \(value.typeName)", document)
    }
    return elements
  }

  /// The text that every answer begins with; nil where there is none.
  func prefix(_ document: HarnessDocument, columns: Set<String>) throws(EvaluationError) -> String?
  {
    guard let prefix else { return nil }
    let text = try prefix.value(of: document, columns: columns).value
    guard let text = text.string else {
      throw prefix.fault("expected a text, found the type \(text.typeName)", document)
    }
    return text
  }

  /// A question without its answer, as it ends a prompt.
  func question(_ document: HarnessDocument) throws(EvaluationError) -> String {
    let asked = try questionText(document)
    guard let prefix = try prefix(document, columns: columns), !prefix.isEmpty else { return asked }
    let needs = !asked.isEmpty && !HarnessFormat.touches(asked, prefix)
    return asked + (needs ? targetDelimiter : "") + prefix
  }

  private func questionText(_ document: HarnessDocument) throws(EvaluationError) -> String {
    let value = try text(document)
    guard let asked = value.string else {
      throw (text ?? target ?? choice)?.fault(
        "the question must be a text, found the type \(value.typeName)", document)
        ?? .invalidSuite(
          file: document.split, line: nil, column: nil, reason: "the task has no 'doc_to_text'")
    }
    return asked
  }

  /// A question with its answer and the delimiter behind it.
  func example(_ document: HarnessDocument) throws(EvaluationError) -> String {
    let asked = try questionText(document)
    let answer = try target(document)
    // An example's prefix is looked up in its own document.
    let prefix = try prefix(document, columns: Set(document.fields.keys)) ?? ""
    guard answer != .none, answer != .string("") else {
      let needs = !prefix.isEmpty && !asked.isEmpty && !HarnessFormat.touches(asked, prefix)
      return asked + (needs ? targetDelimiter : "") + prefix
    }
    let text = try answerText(answer, document)
    let needs = prefix.isEmpty || (!asked.isEmpty && !HarnessFormat.touches(asked, prefix))
    let joined =
      prefix.isEmpty || text.isEmpty
      ? prefix + text : prefix + (HarnessFormat.touches(prefix, text) ? "" : " ") + text
    return asked + (needs ? targetDelimiter : "") + joined + exampleDelimiter
  }

  private func answerText(_ answer: PythonValue, _ document: HarnessDocument)
    throws(EvaluationError) -> String
  {
    var value = answer
    let choices = try choices(document) ?? []
    if let place = answer.int, !choices.isEmpty {
      let index = place < 0 ? place + choices.count : place
      guard choices.indices.contains(index) else {
        throw (target ?? choice)?.fault(
          "the right answer is the choice \(place), but there are \(choices.count), counted from 0",
          document) ?? .couldNotMeasure(reason: "an answer has no choice")
      }
      value = choices[index]
    } else if case .list(let elements) = answer {
      value = elements.first ?? .none
    }
    guard let text = value.string else {
      throw (target ?? choice)?.fault(
        "an example's answer must be a text, found the type \(value.typeName)", document)
        ?? .couldNotMeasure(reason: "an answer is no text")
    }
    return text
  }

  /// Whether white space stands where two texts meet; neither is empty.
  private static func touches(_ left: String, _ right: String) -> Bool {
    left.unicodeScalars.last.map(PythonText.isSpace) == true
      || right.unicodeScalars.first.map(PythonText.isSpace) == true
  }
}
