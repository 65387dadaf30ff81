public import JSON

/// One way in which a value does not match a schema.
public struct SchemaViolation: Sendable, Hashable, CustomStringConvertible {
  /// Where in the value.
  public let instance: JSONPointer
  /// The keyword's place in the schema (after following references).
  public let schema: JSONPointer
  /// The keyword that is violated, such as `required`.
  public let keyword: String
  /// What the keyword demands, as a phrase: `a string`, `at least 5 characters`.
  public let expected: String
  /// What is there instead, shortened.
  public let found: String

  public var description: String {
    "\(instance == .root ? "" : "\(instance) ")expected \(expected), found \(found)"
  }
}

/// Values and lists as violations show them.
enum Phrase {
  /// A value's canonical text, cut to 60 characters.
  static func value(_ value: JSONValue) -> String { shortened(value.canonical, to: 60) }

  /// At most eight alternatives, and how many there are where that leaves some out.
  static func list(_ items: [String]) -> String {
    let shown = items.prefix(8).joined(separator: ", ")
    return items.count > 8 ? "\(shown), … (\(items.count) in all)" : shown
  }

  /// `1 element`, `2 elements`.
  static func count(_ count: Int, _ noun: String) -> String {
    let plural = noun == "property" ? "properties" : noun + "s"
    return "\(count) \(count == 1 ? noun : plural)"
  }

  static func quoted(_ text: String) -> String { value(.string(text)) }

  static func shortened(_ text: String, to limit: Int) -> String {
    // Measured on UTF-8 first: counting the characters of a giant string is slow.
    guard text.utf8.count > limit else { return text }
    let head = text.prefix(limit)
    return head.endIndex == text.endIndex ? text : head + "…"
  }
}
