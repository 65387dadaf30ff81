import JSON
import MLOpsCore

/// The forms in which feedback arrives.
public enum FeedbackForm: Sendable, Equatable {
  /// As `FeedbackSchema` describes it.
  case native
  /// What a preference or KTO dataset of TRL looks like: `prompt`, `chosen`, `rejected`, or `prompt`,
  /// `completion`, `label`.
  case trl
  /// The export of Open WebUI's evaluations.
  case openWebUI
  /// Rows of one's own: what goes where.
  case mapped(FeedbackMapping)

  /// The form that a row has by its looks.
  static func of(_ row: JSONValue) -> FeedbackForm {
    if row["snapshot"] != nil || row["data"]?["rating"] != nil && row["meta"] != nil {
      return .openWebUI
    }
    if row["input"] == nil, row["chosen"] != nil || row["prompt"] != nil && row["label"] != nil {
      return .trl
    }
    return .native
  }

  /// The row in the native form; what cannot be understood is left out, so that the schema says what
  /// is missing.
  func native(_ row: JSONValue) -> JSONValue {
    let native =
      switch self {
      case .native: row
      case .trl: FeedbackForm.ofTRL(row)
      case .openWebUI: OpenWebUIFeedback(row).native
      case .mapped(let mapping): mapping.native(row)
      }
    guard var members = native.object else { return native }
    // Tables and exports have empty texts where nothing was said, and numbers for short answers.
    members = members.filter { $0.value != "" && $0.value != .null }
    for name in ["input", "output", "corrected", "chosen", "rejected"] {
      if case .number(let number)? = members[name] { members[name] = .string(number.canonical) }
    }
    return .object(members)
  }

  private static func ofTRL(_ row: JSONValue) -> JSONValue {
    var members: [String: JSONValue] = [:]
    for name in ["rater", "subject", "consent", "at", "id", "comment"] { members[name] = row[name] }
    members["input"] = row["prompt"].map(turns)
    if let chosen = row["chosen"], let rejected = row["rejected"] {
      // Where there is no prompt, both begin with it.
      if members["input"] == nil, let one = chosen.array, let other = rejected.array {
        let shared = zip(one, other).prefix { $0 == $1 }.map(\.0)
        members["input"] = turns(.array(shared))
        members["chosen"] = answer(.array(Array(one[shared.count...])))
        members["rejected"] = answer(.array(Array(other[shared.count...])))
      } else {
        members["chosen"] = answer(chosen)
        members["rejected"] = answer(rejected)
      }
    } else {
      members["output"] = row["completion"].map(answer)
      members["rating"] = row["label"].flatMap(FeedbackRating.of)
    }
    return .object(members)
  }

  /// Turns with nothing but who says what; other values as they are.
  private static func turns(_ value: JSONValue) -> JSONValue {
    guard let elements = value.array else { return value }
    return .array(
      elements.map { turn in
        guard let role = turn["role"], let content = turn["content"] else { return turn }
        return ["role": role, "content": content]
      })
  }

  /// The text of an answer that is one turn of the assistant; other values as they are.
  private static func answer(_ value: JSONValue) -> JSONValue {
    guard let turns = value.array, turns.count == 1, let content = turns[0]["content"] else {
      return value
    }
    return content
  }
}

/// The ways in which people write a thumb.
enum FeedbackRating {
  static func of(_ value: JSONValue) -> JSONValue {
    switch value {
    case .bool(let isGood): word(isGood)
    // Of stars nobody knows how many are good.
    case .number: value == 1 ? word(true) : value == 0 || value == -1 ? word(false) : value
    case .string(let text):
      switch text.lowercased() {
      case "up", "1", "+1", "good", "true", "like", "thumbs_up", "positive", "👍": word(true)
      case "down", "-1", "0", "bad", "false", "dislike", "thumbs_down", "negative", "👎": word(false)
      default: value
      }
    default: value
    }
  }

  private static func word(_ isGood: Bool) -> JSONValue { isGood ? "up" : "down" }
}
