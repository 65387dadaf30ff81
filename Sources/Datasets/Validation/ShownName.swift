import JSON
import JSONSchema

/// Names out of the data as messages show them: they may be of any length.
enum ShownName {
  private static let limit = 80

  static func cut(_ name: String) -> String {
    // Measured in bytes first: counting the characters of a giant name is slow.
    guard name.utf8.count > limit else { return name }
    let head = name.prefix(limit)
    return head.endIndex == name.endIndex ? name : head + "…"
  }

  /// A way into a row with each of its names cut, and the whole too.
  static func cut(pointer text: String) -> String {
    guard text.utf8.count > limit, let pointer = JSONPointer(text) else { return text }
    return ViolationKind.shown(pointer)
  }
}
