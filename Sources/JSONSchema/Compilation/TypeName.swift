/// The names that `type` may have, and what others were probably meant to be.
enum TypeName {
  static let all: Set = ["null", "boolean", "object", "array", "number", "string", "integer"]

  /// Such as `; did you mean "string"?`; nil where no name is wrong, or none is near.
  ///
  /// - Parameter isList: Whether `type` lists names, so that the wrong one has to be named.
  static func hint(to names: [String], isList: Bool) -> String? {
    for name in names where !all.contains(name) {
      guard let meant = meant(by: name) else { continue }
      return "; did you mean \(meant)\(isList ? " instead of \(Phrase.quoted(name))" : "")?"
    }
    return nil
  }

  private static func meant(by name: String) -> String? {
    let word = name.lowercased().filter { $0 != " " && $0 != "_" }
    if all.contains(word) { return Phrase.quoted(word) }
    if let format = formats[word] { return "\"string\" with \"format\": \(Phrase.quoted(format))" }
    if let other = synonyms[word] ?? EditDistance.nearest(to: word, among: all) {
      return Phrase.quoted(other)
    }
    return nil
  }

  /// What other languages call the types.
  private static let synonyms: [String: String] = {
    var table: [String: String] = [:]
    for (name, words) in [
      ("integer", "int int8 int16 int32 int64 uint uint32 uint64 long short bigint byte whole"),
      ("number", "float float32 float64 double decimal real numeric num"),
      ("boolean", "bool bit flag"), ("string", "str text varchar char character"),
      ("object", "dict dictionary map hash struct record"),
      ("array", "list tuple set vector sequence"), ("null", "none nil void undefined"),
    ] {
      for word in words.split(separator: " ") { table[String(word)] = name }
    }
    return table
  }()

  private static let formats = [
    "date": "date", "time": "time", "datetime": "date-time", "timestamp": "date-time",
    "date-time": "date-time", "uuid": "uuid", "email": "email", "uri": "uri", "url": "uri",
  ]
}
