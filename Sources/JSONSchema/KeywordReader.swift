import JSON

/// Reads the keywords of one schema object, each with its shape checked.
struct KeywordReader {
  let members: [String: JSONValue]
  let location: SchemaLocation
  let index: SchemaIndex

  func place(_ keyword: String) -> SchemaLocation { location.appending(keyword) }

  func failure(_ keyword: String, _ expected: String) -> SchemaError {
    let found = members[keyword].map(Phrase.value) ?? "nothing"
    return index.failure("\(keyword) must be \(expected), found \(found)", at: place(keyword))
  }

  func string(_ keyword: String) throws(SchemaError) -> String? {
    guard let value = members[keyword] else { return nil }
    guard let string = value.string else { throw failure(keyword, "a string") }
    return string
  }

  func bool(_ keyword: String) throws(SchemaError) -> Bool? {
    guard let value = members[keyword] else { return nil }
    guard let bool = value.bool else { throw failure(keyword, "a boolean") }
    return bool
  }

  func number(_ keyword: String) throws(SchemaError) -> JSONNumber? {
    guard let value = members[keyword] else { return nil }
    guard case .number(let number) = value else { throw failure(keyword, "a number") }
    return number
  }

  /// A whole number of at least 0.
  func count(_ keyword: String) throws(SchemaError) -> Int? {
    guard let value = members[keyword] else { return nil }
    guard case .number(let number) = value, number.isInteger, !(number < JSONNumber(0)) else {
      throw failure(keyword, "a whole number of at least 0")
    }
    return number.int64.map { Int($0) } ?? .max
  }

  func array(_ keyword: String) throws(SchemaError) -> [JSONValue]? {
    guard let value = members[keyword] else { return nil }
    guard let array = value.array else { throw failure(keyword, "an array") }
    return array
  }

  func object(_ keyword: String) throws(SchemaError) -> [(key: String, value: JSONValue)]? {
    guard let value = members[keyword] else { return nil }
    guard let object = value.object else { throw failure(keyword, "an object") }
    return object.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
  }

  /// An array of strings.
  func names(_ keyword: String) throws(SchemaError) -> [String]? {
    guard let values = try array(keyword) else { return nil }
    let names = values.compactMap(\.string)
    guard names.count == values.count else { throw failure(keyword, "an array of strings") }
    return names
  }
}
