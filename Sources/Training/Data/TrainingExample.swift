public import JSON
public import MLOpsCore

/// One row to learn from, in one of the forms that TRL writes.
public enum TrainingExample: Sendable, Hashable {
  /// Turns in the model's chat template; every assistant turn is learned.
  case conversation([ChatMessage])
  /// Text as it is; the completion is learned, and that the text ends after it.
  case completion(prompt: String, completion: String)

  /// Reads a row: `{"messages": […]}`, or `{"prompt", "completion"}` with texts or with turns.
  ///
  /// - Parameters:
  ///   - row: other members are ignored.
  ///   - number: the row's number from 1, for the message.
  /// - Throws: `TrainingError.malformedExample`.
  public init(row: JSONValue, number: Int) throws(TrainingError) {
    if let messages = row["messages"] {
      self = .conversation(try Self.turns(messages, in: "messages", row: number))
    } else if let prompt = row["prompt"], let completion = row["completion"] {
      if let prompt = prompt.string, let completion = completion.string {
        self = .completion(prompt: prompt, completion: completion)
      } else {
        self = .conversation(
          try Self.turns(prompt, in: "prompt", row: number)
            + Self.turns(completion, in: "completion", row: number))
      }
    } else {
      throw .malformedExample(
        row: number, reason: "it has neither 'messages' nor 'prompt' and 'completion'")
    }
  }

  private static func turns(_ value: JSONValue, in member: String, row: Int)
    throws(TrainingError) -> [ChatMessage]
  {
    guard let elements = value.array, !elements.isEmpty else {
      throw .malformedExample(
        row: row, reason: "'\(member)' must be a list of turns; found \(value.typeName)")
    }
    var turns: [ChatMessage] = []
    for (index, element) in elements.enumerated() {
      guard let role = element["role"]?.string.flatMap(ChatMessage.Role.init),
        let content = element["content"]?.string
      else {
        throw .malformedExample(
          row: row,
          reason: "'/\(member)/\(index)' must have a 'role' of "
            + ChatMessage.Role.allCases.map(\.rawValue).joined(separator: ", ")
            + " and a 'content' of text")
      }
      turns.append(ChatMessage(role: role, content: content))
    }
    return turns
  }
}
