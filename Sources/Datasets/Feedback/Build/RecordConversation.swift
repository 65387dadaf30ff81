public import JSON
public import MLOpsCore

/// Makes rows to learn from of records: a prompt makes the question of a record, and one of its
/// fields is the answer. Rows that are such already are taken as they are.
public struct RecordConversation: Sendable {
  private let prompt: PromptTemplate?
  private let answer: String?
  private let labelKeys: [String]

  /// Where an answer is looked for, in this order; what a person corrected counts most.
  public static let answerFields = ["corrected", "label", "answer"]

  /// - Parameters:
  ///   - answer: the field with the answer; nil to look for it in `answerFields`.
  ///   - labelKeys: the members of an answer that is an object, in the order in which it is learned.
  public init(prompt: PromptTemplate?, answer: String? = nil, labelKeys: [String] = []) {
    self.prompt = prompt
    self.answer = answer
    self.labelKeys = labelKeys
  }

  /// Whether a row is one of TRL's forms.
  static func isExample(_ row: JSONValue) -> Bool {
    row["messages"] != nil || row["completion"] != nil || row["chosen"] != nil
  }

  /// Whether a row is a text to be learned as it is: nothing says that it is a record with an answer.
  private func isText(_ row: JSONValue) -> Bool {
    prompt == nil && answer == nil && row["text"]?.string != nil
      && !RecordConversation.answerFields.contains { row[$0] != nil }
  }

  /// `{"messages": […]}` of a record; the row itself where it has one of TRL's forms. An answer that is
  /// no string is written as canonical JSON.
  ///
  /// - Throws: `datasets.needs_prompt`, `datasets.no_answer`, `datasets.unfit_record`.
  public func row(_ record: JSONValue) throws(DatasetsError) -> JSONValue {
    if RecordConversation.isExample(record) || isText(record) { return record }
    let turns = try turns(of: record)
    let reply = ChatMessage(role: .assistant, content: text(try answer(of: record)))
    return ["messages": (turns + [reply]).json]
  }

  /// - Throws: `datasets.no_answer`.
  func answer(of record: JSONValue) throws(DatasetsError) -> JSONValue {
    let fields = answer.map { [$0] } ?? RecordConversation.answerFields
    guard let value = fields.lazy.compactMap({ record[$0] }).first else {
      throw .noAnswer(fields: fields)
    }
    return value
  }

  /// The text that a model learns of an answer.
  func text(_ answer: JSONValue) -> String {
    answer.string ?? LabelText.text(answer, keys: labelKeys) ?? answer.canonical
  }

  /// The question that a record is, in the prompt's words.
  ///
  /// - Throws: `datasets.needs_prompt`, `datasets.unfit_record`.
  func turns(of record: JSONValue) throws(DatasetsError) -> [ChatMessage] {
    guard let prompt else { throw .needsPrompt }
    do throws(PromptError) {
      return try prompt.messages(for: record)
    } catch {
      throw .unfitRecord(reason: error.message)
    }
  }

  /// What a record of feedback asks: turns stay, fields fill the prompt, and so does a text where
  /// there is a prompt.
  func conversation(_ input: JSONValue) throws(DatasetsError) -> Conversation? {
    switch input {
    case .object: return Conversation(turns: try turns(of: input))
    case .string(let text):
      guard let prompt else { return Conversation(text: text) }
      do throws(PromptError) {
        return Conversation(turns: try prompt.messages(asking: text))
      } catch {
        throw .unfitRecord(reason: error.message)
      }
    default: return Conversation(input)
    }
  }
}
