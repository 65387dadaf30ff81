import JSON
import MLOpsCore

/// What comes before an answer. A text and a conversation of one user turn with that text are the same.
struct Conversation: Hashable {
  let turns: [ChatMessage]
  /// Whether it was given as text, which is written as text again where all are.
  let isText: Bool

  init(text: String) {
    turns = [ChatMessage(role: .user, content: text)]
    isText = true
  }

  init(turns: [ChatMessage]) {
    self.turns = turns
    isText = false
  }

  /// Reads what TRL calls a prompt; nil where it is neither text nor turns.
  init?(_ value: JSONValue) {
    if let text = value.string {
      self.init(text: text)
    } else if let turns = [ChatMessage](value), !turns.isEmpty {
      self.init(turns: turns)
    } else {
      return nil
    }
  }

  static func == (left: Conversation, right: Conversation) -> Bool { left.turns == right.turns }

  func hash(into hasher: inout Hasher) { hasher.combine(turns) }

  /// As TRL writes a prompt.
  func json(asTurns: Bool) -> JSONValue {
    guard let first = turns.first, isText, !asTurns else { return turns.json }
    return .string(first.content)
  }
}

extension [ChatMessage] {
  /// Turns as chat templates and TRL write them; nil where one has no known role or no text.
  init?(_ value: JSONValue) {
    guard let elements = value.array else { return nil }
    self = []
    for element in elements {
      guard let role = element["role"]?.string.flatMap(ChatMessage.Role.init),
        let content = element["content"]?.string
      else { return nil }
      append(ChatMessage(role: role, content: content))
    }
  }

  var json: JSONValue {
    .array(map { ["role": .string($0.role.rawValue), "content": .string($0.content)] })
  }
}
