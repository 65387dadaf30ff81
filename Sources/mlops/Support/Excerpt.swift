import JSON
import MLOpsCore

/// The beginning of a value on one line, without what a terminal would obey.
enum Excerpt {
  /// For a table.
  ///
  /// - Parameter width: columns at most.
  static func of(_ value: JSONValue?, width: Int) -> String {
    guard let value else { return "–" }
    let known =
      value.string.flatMap { $0.hasPrefix("{") ? try? JSONValue(parsing: $0) : nil } ?? value
    // Of a label its values tell more than its names.
    if let label = known.object, label.values.allSatisfy({ $0.string != nil }) {
      let values = label.sorted { $0.key < $1.key }.compactMap(\.value.string)
      return of(values.joined(separator: " · "), width: width)
    }
    return of(value.string ?? value.canonical, width: width)
  }

  /// For a table.
  static func of(_ text: String, width: Int) -> String {
    // A long text is cut before its every character is looked at.
    let line = text.prefix(width * 4).map { $0.isWhitespace ? " " : $0 }
    return DisplayWidth.truncate(TerminalText.escaped(String(line)), to: width)
  }

  /// Part of a row; at most 160 characters.
  static func line(_ row: JSONValue, _ pointer: JSONPointer) -> String {
    guard let value = row[pointer] else { return "–" }
    let text = value.string ?? value.canonical
    let line = TerminalText.escaped(
      text.split(whereSeparator: \.isNewline).joined(separator: " ⏎ "))
    return line.count > 160 ? line.prefix(159) + "…" : line
  }
}
