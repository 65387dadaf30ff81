import JSON

// What violations say beside values: choices, names, and what was probably meant.
extension Phrase {
  /// A type's name with its article.
  static func article(_ type: String) -> String {
    switch type {
    case "null": "null"
    case "array", "object", "integer": "an \(type)"
    default: "a \(type)"
    }
  }

  /// `one of "a", "b"`; a single value stands alone.
  static func choice(_ values: [JSONValue]) -> String {
    if values.isEmpty { return "no value at all, since the list is empty" }
    return values.count == 1 ? value(values[0]) : "one of \(list(values.map(value)))"
  }

  /// `; did you mean "green"?`, where a value of a list is near: as a word, or as the same text
  /// with or without quotes. Nothing where none is.
  static func hint(to found: JSONValue, among values: [JSONValue]) -> String {
    if let text = found.string {
      if let same = values.first(where: { $0.string == nil && $0.canonical == text }) {
        return "; did you mean \(value(same)), without quotes?"
      }
      return hint(to: text, among: values.lazy.prefix(hintLimit).compactMap(\.string))
    }
    let text = found.canonical
    guard text.utf8.count <= 64, values.contains(.string(text)) else { return "" }
    return "; did you mean \(quoted(text)), with quotes?"
  }

  /// `; did you mean "label"?`, where a name is a few slips away from the one that was found.
  static func hint(to found: String, among names: some Sequence<String>) -> String {
    near(found, among: names).map { "; did you mean \(quoted($0))?" } ?? ""
  }

  /// The nearest word; nil where none is near, and for words so short that any other is.
  static func near(_ word: String, among words: some Sequence<String>) -> String? {
    word.utf8.count < 3 ? nil : EditDistance.nearest(to: word, among: words)
  }

  /// How many words are compared: a schema may list very many.
  static let hintLimit = 1_000
}
