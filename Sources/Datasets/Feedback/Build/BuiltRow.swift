import JSON
import MLOpsCore

/// What is learned of a question.
enum Lesson: Hashable {
  case answer(String)
  case pair(chosen: String, rejected: String)
  case judged(String, isGood: Bool)
}

/// A row to learn from, before it is written in the form that all rows get.
struct BuiltRow {
  let conversation: Conversation
  let lesson: Lesson
  /// What it rests on.
  let sources: [Vote.Source]
  /// What balancing looks at: `{"input", "answer", "label"}`.
  let facts: JSONValue

  /// The row as TRL writes it.
  ///
  /// - Parameter asTurns: whether texts become turns, so that all rows of a dataset have one form.
  func json(asTurns: Bool) -> JSONValue {
    let prompt = conversation.json(asTurns: asTurns)
    func answer(_ text: String) -> JSONValue {
      asTurns ? [ChatMessage(role: .assistant, content: text)].json : .string(text)
    }
    switch lesson {
    case .answer(let text):
      guard asTurns else { return ["prompt": prompt, "completion": .string(text)] }
      let reply = ChatMessage(role: .assistant, content: text)
      return ["messages": (conversation.turns + [reply]).json]
    case .pair(let chosen, let rejected):
      return ["prompt": prompt, "chosen": answer(chosen), "rejected": answer(rejected)]
    case .judged(let text, let isGood):
      return ["prompt": prompt, "completion": answer(text), "label": .bool(isGood)]
    }
  }

  /// `{"feedback": [digest, …], "rows": [{"dataset", "line"}, …]}`, without what is empty.
  var source: JSONValue {
    var (feedback, rows): ([JSONValue], [JSONValue]) = ([], [])
    var seen: Set<Vote.Source> = []
    for source in sources where seen.insert(source).inserted {
      switch source {
      case .feedback(let digest): feedback.append(.string(digest.description))
      case .row(let dataset, let line):
        rows.append(["dataset": .string(dataset), "line": .integer(line)])
      }
    }
    var members: [String: JSONValue] = [:]
    if !feedback.isEmpty { members["feedback"] = .array(feedback) }
    if !rows.isEmpty { members["rows"] = .array(rows) }
    return .object(members)
  }
}
