import JSON

/// Values and lists as violations show them.
enum Phrase {
  /// A value's canonical text, cut to 60 characters; of a large value only the beginning is
  /// written.
  static func value(_ value: JSONValue) -> String {
    var text = ""
    write(value, to: &text)
    return shortened(text, to: 60)
  }

  /// A value and its type, which says nothing new of null.
  static func typed(_ value: JSONValue, _ type: String) -> String {
    value == .null ? "null" : "\(Phrase.value(value)) (\(article(type)))"
  }

  /// As `typed`, with a number as it is spelled: where 1.0 is no integer, 1 says nothing.
  static func typedAsWritten(_ value: JSONValue, _ type: String) -> String {
    guard case .number(let number) = value else { return typed(value, type) }
    return "\(shortened(number.lexeme, to: 60)) (\(article(type)))"
  }

  /// Writes at least the first 60 characters, and stops soon after.
  private static func write(_ value: JSONValue, to text: inout String) {
    let limit = 250
    switch value {
    case .array(let elements):
      text += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { text += "," }
        write(element, to: &text)
        if text.utf8.count >= limit { return }
      }
      text += "]"
    case .object(let members):
      text += "{"
      let names = members.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      for (index, name) in names.enumerated() {
        if index > 0 { text += "," }
        write(.string(name), to: &text)
        text += ":"
        if let member = members[name] { write(member, to: &text) }
        if text.utf8.count >= limit { return }
      }
      text += "}"
    case .string(let string): text += JSONValue.string(shortened(string, to: 61)).canonical
    case .number(let number): text += number.readable
    default: text += value.canonical
    }
  }

  /// At most eight alternatives, and how many there are where that leaves some out.
  static func list(_ items: [String]) -> String {
    let shown = items.prefix(8).joined(separator: ", ")
    return items.count > 8 ? "\(shown), … (\(items.count) in all)" : shown
  }

  /// `1 element`, `2 elements`.
  static func count(_ count: Int, _ noun: String) -> String {
    let plural = ["property": "properties", "branch": "branches"][noun] ?? noun + "s"
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
