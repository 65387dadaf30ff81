import JSON
import MLOpsCore

/// Reads the members of a row in the forms that TRL writes.
struct RowReader {
  /// A text or turns.
  enum Part: Hashable {
    case text(String)
    case turns([ChatMessage])
  }

  let row: JSONValue
  /// From 1.
  let number: Int

  /// A member, be it text or turns.
  func part(_ member: String) throws(TrainingError) -> Part {
    guard let value = row[member] else { throw bad("it has no '\(member)'") }
    if let text = value.string { return .text(text) }
    return .turns(try turns(member))
  }

  /// A member that is a list of turns; not empty.
  func turns(_ member: String) throws(TrainingError) -> [ChatMessage] {
    let value = row[member] ?? .null
    guard let elements = value.array, !elements.isEmpty else {
      throw bad("'\(member)' must be a list of turns; found \(value.typeName)")
    }
    var turns: [ChatMessage] = []
    for (index, element) in elements.enumerated() {
      guard let role = element["role"]?.string.flatMap(ChatMessage.Role.init),
        let content = element["content"]?.string
      else {
        throw bad(
          "'/\(member)/\(index)' must have a 'role' of "
            + ChatMessage.Role.allCases.map(\.rawValue).joined(separator: ", ")
            + " and a 'content' of text")
      }
      turns.append(ChatMessage(role: role, content: content))
    }
    return turns
  }

  /// An answer to what `prompt` asks.
  func answer(_ answer: Part, to prompt: Part, in member: String) throws(TrainingError)
    -> PromptedAnswer
  {
    switch (prompt, answer) {
    case (.text(let prompt), .text(let answer)): return .text(prompt: prompt, answer: answer)
    case (.turns(let prompt), .turns(let answer)): return .turns(prompt: prompt, answer: answer)
    default: throw bad("'prompt' and '\(member)' must both be text or both be turns")
    }
  }

  func bad(_ reason: String) -> TrainingError { .malformedExample(row: number, reason: reason) }
}
