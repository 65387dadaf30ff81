import JSON
import MLOpsCore

/// What comes before an answer: text as it is, or turns.
enum Conversation: Hashable {
  case text(String)
  case turns([ChatMessage])

  /// As turns, whatever it is.
  var turns: [ChatMessage] {
    switch self {
    case .text(let text): [ChatMessage(role: .user, content: text)]
    case .turns(let turns): turns
    }
  }

  /// Reads what TRL calls a prompt; nil where it is neither text nor turns.
  init?(_ value: JSONValue) {
    switch value {
    case .string(let text): self = .text(text)
    case .array:
      guard let turns = [ChatMessage](value), !turns.isEmpty else { return nil }
      self = .turns(turns)
    default: return nil
    }
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
