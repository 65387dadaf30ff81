import JSON
import MLOpsCore

/// The beginning of a value on one line of a table.
enum Excerpt {
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

  static func of(_ text: String, width: Int) -> String {
    // A long text is cut before its every character is looked at.
    let start = text.prefix(width * 4).map { $0.isWhitespace ? " " : $0 }
    return DisplayWidth.truncate(String(start), to: width)
  }
}
