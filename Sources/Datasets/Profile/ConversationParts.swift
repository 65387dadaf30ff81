import JSON

/// What a row asks and answers, where it is a conversation: `{"messages"}`, or `{"prompt"}` with
/// `completion`, or with `chosen` and `rejected`, each a text or a list of turns.
struct ConversationParts {
  /// The last turn of the user before the answer.
  private let question: String?
  /// By name, each the last turn of the assistant.
  private let answers: [(name: String, text: String)]

  private struct Turn {
    let role: String
    let text: String
  }

  /// nil for a row that is no conversation.
  init?(_ row: JSONValue) {
    if row["messages"]?.array != nil, let turns = ConversationParts.turns(row["messages"]) {
      let place = turns.lastIndex { $0.role == "assistant" }
      question = turns[..<(place ?? turns.count)].last { $0.role == "user" }?.text
      answers = place.map { [("answer", turns[$0].text)] } ?? []
      return
    }
    var answers: [(String, String)] = []
    var asked = ConversationParts.turns(row["prompt"])
    for (field, name) in [
      ("completion", "answer"), ("chosen", "chosen"), ("rejected", "rejected"),
    ] {
      guard let turns = ConversationParts.turns(row[field], role: "assistant"),
        let answer = turns.last(where: { $0.role == "assistant" })
      else { continue }
      answers.append((name, answer.text))
      // Preferences may be told as two whole conversations.
      if asked == nil, turns.count > 1 { asked = turns }
    }
    guard let asked, !answers.isEmpty else { return nil }
    question = asked.last { $0.role == "user" }?.text
    self.answers = answers
  }

  /// Turns, or a text as the only one; nil where it is neither. What a turn has beside text, such as
  /// pictures and calls of tools, is left out.
  private static func turns(_ value: JSONValue?, role: String = "user") -> [Turn]? {
    if let text = value?.string { return [Turn(role: role, text: text)] }
    guard let elements = value?.array, !elements.isEmpty else { return nil }
    var turns: [Turn] = []
    for element in elements {
      guard let role = element["role"]?.string else { return nil }
      let content = element["content"]
      let text =
        content?.string
        ?? (content?.array ?? []).compactMap { $0["text"]?.string }.joined(separator: "\n")
      turns.append(Turn(role: role, text: text))
    }
    return turns
  }

  func note(in table: inout FieldTable) {
    if let question { table.note(.string(question), as: "question") }
    for (name, text) in answers {
      table.note(.string(text), as: name)
      guard text.utf8.first(where: { $0 > 0x20 }) == UInt8(ascii: "{"),
        let value = try? JSONValue(parsing: text)
      else { continue }
      table.note(value, under: name)
    }
  }

  /// Sorts names as they are asked and answered.
  static func order(_ name: String) -> String {
    name.hasPrefix("question") ? "0" : "1" + name
  }
}
