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
    guard let value = row[member] else { throw lacks(member) }
    if let text = value.string { return .text(text) }
    guard value.array != nil else {
      throw bad("'\(member)' must be text or a list of turns; found \(value.looks)")
    }
    return .turns(try turns(member))
  }

  /// A member that is a list of turns; not empty.
  func turns(_ member: String) throws(TrainingError) -> [ChatMessage] {
    let value = row[member] ?? .null
    guard let elements = value.array, !elements.isEmpty else {
      throw bad("'\(member)' must be a list of turns; found \(value.looks)")
    }
    var turns: [ChatMessage] = []
    for (index, element) in elements.enumerated() {
      let place = "/\(member)/\(index)"
      guard element.object != nil else {
        throw bad("'\(place)' must be a turn, {\"role\", \"content\"}; found \(element.looks)")
      }
      guard let role = element["role"]?.string.flatMap(ChatMessage.Role.init) else {
        let roles = ChatMessage.Role.allCases.map(\.rawValue).joined(separator: ", ")
        throw bad("'\(place)/role' must be one of \(roles); found \(looks(element["role"]))")
      }
      guard let content = element["content"]?.string else {
        throw bad("'\(place)/content' must be text; found \(looks(element["content"]))")
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
    default:
      throw bad(
        "'prompt' and '\(member)' must both be text or both be turns; found "
          + "\(looks(row["prompt"])) and \(looks(row[member]))")
    }
  }

  /// A row without a member that it needs.
  func lacks(_ member: String) -> TrainingError {
    let names = (row.object ?? [:]).keys.sorted()
    let hint = Spelling.nearest(to: member, in: names).map { "; did you mean it by '\($0)'?" } ?? ""
    return bad("it has no '\(member)'\(hint)")
  }

  /// What stands where something else was expected.
  func looks(_ value: JSONValue?) -> String { value?.looks ?? "nothing" }

  func bad(_ reason: String) -> TrainingError { .malformedExample(row: number, reason: reason) }
}

extension JSONValue {
  /// What it is, for a message: short texts as they are.
  fileprivate var looks: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number: canonical.count > 24 ? "a number" : canonical
    case .string(let text): text.utf8.count > 24 ? "text" : "'\(text)'"
    case .array(let elements): elements.isEmpty ? "an empty list" : "a list"
    case .object: "an object"
    }
  }
}
