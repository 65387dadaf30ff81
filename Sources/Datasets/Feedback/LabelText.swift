public import JSON

/// A label as one line of JSON whose members stand in a declared order.
///
/// A model learns the text, so the order is part of the task; canonical JSON would sort it.
public enum LabelText {
  /// The text; nil where a key is missing or there is a member that is not declared.
  public static func text(_ label: JSONValue, keys: [String]) -> String? {
    guard let members = label.object, members.count == keys.count else { return nil }
    var parts: [String] = []
    for key in keys {
      guard let value = members[key] else { return nil }
      parts.append(JSONValue.string(key).canonical + ":" + value.canonical)
    }
    return "{" + parts.joined(separator: ",") + "}"
  }
}
