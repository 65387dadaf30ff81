public import JSON

/// What was made of a model's output.
public enum Answer: Sendable, Hashable {
  case readable(JSONValue)
  /// The output is no answer of the task: it counts as wrong and is reported with the reason, a
  /// phrase without a full stop.
  case unreadable(reason: String)

  /// The value, where there is one.
  public var value: JSONValue? { if case .readable(let value) = self { value } else { nil } }

  /// Why there is none.
  public var reason: String? { if case .unreadable(let reason) = self { reason } else { nil } }
}
