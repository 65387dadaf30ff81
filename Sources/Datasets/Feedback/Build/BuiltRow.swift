import JSON
import MLOpsCore

/// A row to learn from, before it is written in the form that all rows get.
struct BuiltRow {
  /// What is learned of a question.
  enum Lesson: Hashable {
    case answer(String)
    case pair(chosen: String, rejected: String)
    case judged(String, isGood: Bool)
  }

  /// Where a row comes from.
  enum Origin {
    case feedback([Digest])
    /// A row of a dataset that was merged in; the line is from 1.
    case merged(dataset: String, line: Int)
  }

  let conversation: Conversation
  let lesson: Lesson
  let origin: Origin
  /// What balancing looks at: `{"input", "answer", "label"}`.
  let facts: JSONValue

  var isMerged: Bool {
    if case .merged = origin { true } else { false }
  }

  /// The row as TRL writes it.
  ///
  /// - Parameter asTurns: whether texts become turns, so that all rows of a dataset have one form.
  func json(asTurns: Bool) -> JSONValue {
    let prompt: JSONValue
    if case .text(let text) = conversation, !asTurns {
      prompt = .string(text)
    } else {
      prompt = conversation.turns.json
    }
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

  var source: JSONValue {
    switch origin {
    case .feedback(let digests):
      ["feedback": .array(digests.map { .string($0.description) })]
    case .merged(let dataset, let line):
      ["dataset": .string(dataset), "line": .integer(line)]
    }
  }
}

extension BuiltRow {
  /// Reads a row of a dataset that is merged in.
  ///
  /// - Returns: nil where it is no row for the method.
  init?(
    merged row: JSONValue, for method: FeedbackBuildOptions.Method, dataset: String, line: Int
  ) {
    let origin = Origin.merged(dataset: dataset, line: line)
    func text(_ value: JSONValue?) -> String? {
      guard let value else { return nil }
      if let text = value.string { return text }
      guard let turns = [ChatMessage](value), turns.count == 1 else { return nil }
      return turns[0].content
    }
    func facts(_ answer: String, _ label: Bool?) -> JSONValue {
      [
        "input": row["prompt"] ?? .null,
        "answer": (try? JSONValue(parsing: answer)) ?? .string(answer),
        "label": label.map { .bool($0) } ?? .null,
      ]
    }
    switch method {
    case .sft:
      if let turns = row["messages"].flatMap([ChatMessage].init), let last = turns.last,
        last.role == .assistant, turns.count > 1
      {
        self.init(
          conversation: .turns(turns.dropLast()), lesson: .answer(last.content), origin: origin,
          facts: facts(last.content, nil))
        return
      }
      guard let prompt = row["prompt"].flatMap(Conversation.init),
        let completion = text(row["completion"])
      else { return nil }
      self.init(
        conversation: prompt, lesson: .answer(completion), origin: origin,
        facts: facts(completion, nil))
    case .dpo:
      guard let prompt = row["prompt"].flatMap(Conversation.init), let chosen = text(row["chosen"]),
        let rejected = text(row["rejected"])
      else { return nil }
      self.init(
        conversation: prompt, lesson: .pair(chosen: chosen, rejected: rejected), origin: origin,
        facts: facts(chosen, nil))
    case .kto:
      guard let prompt = row["prompt"].flatMap(Conversation.init),
        let completion = text(row["completion"]), let label = row["label"]?.bool
      else { return nil }
      self.init(
        conversation: prompt, lesson: .judged(completion, isGood: label), origin: origin,
        facts: facts(completion, label))
    }
  }
}
