import JSON
import MLOpsCore

/// A row of a dataset that is merged in.
struct MergedRow {
  let conversation: Conversation
  let lesson: Lesson
  let source: Vote.Source
  /// What was asked, as the row has it.
  let input: JSONValue
  /// The answer as a record has it, where the row is one.
  private let label: JSONValue?

  /// - Parameters:
  ///   - row: in one of TRL's forms.
  ///   - record: what the row was made of.
  /// - Returns: nil where it is no row for the method.
  init?(
    _ row: JSONValue, of record: JSONValue, label: JSONValue?,
    for method: FeedbackBuildOptions.Method, source: Vote.Source
  ) {
    func text(_ value: JSONValue?) -> String? {
      guard let value else { return nil }
      if let text = value.string { return text }
      guard let turns = [ChatMessage](value), turns.count == 1 else { return nil }
      return turns[0].content
    }
    self.source = source
    self.label = label
    if method == .sft, let turns = row["messages"].flatMap([ChatMessage].init),
      let last = turns.last, last.role == .assistant, turns.count > 1
    {
      conversation = Conversation(turns: turns.dropLast())
      lesson = .answer(last.content)
      input = record["messages"] == nil ? record : turns.dropLast().map { $0 }.json
      return
    }
    guard let prompt = row["prompt"], let conversation = Conversation(prompt) else { return nil }
    self.conversation = conversation
    input = prompt
    switch method {
    case .sft:
      guard let completion = text(row["completion"]) else { return nil }
      lesson = .answer(completion)
    case .dpo:
      guard let chosen = text(row["chosen"]), let rejected = text(row["rejected"]),
        chosen != rejected
      else { return nil }
      lesson = .pair(chosen: chosen, rejected: rejected)
    case .kto:
      guard let completion = text(row["completion"]), let isGood = row["label"]?.bool else {
        return nil
      }
      lesson = .judged(completion, isGood: isGood)
    }
  }

  /// An answer's value: a label where its text is one.
  func value(of answer: String) -> JSONValue {
    if let label { return label }
    if answer.hasPrefix("{"), let value = try? JSONValue(parsing: answer) { return value }
    return .string(answer)
  }
}
