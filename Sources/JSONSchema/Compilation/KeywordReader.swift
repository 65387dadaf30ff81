import JSON

/// The members of one schema object, each read with its shape checked.
struct KeywordReader {
  let members: [String: JSONValue]
  let site: SchemaIndex.SiteID
  let place: SchemaPlace
  let resource: Int
  let dialect: Dialect
  /// The URI of the document, where it is not the schema itself.
  let document: String?

  var draft: SchemaDraft { dialect.draft }

  /// The value of a keyword, where the dialect has it.
  subscript(keyword: String) -> JSONValue? {
    dialect.keywords[keyword] == nil ? nil : members[keyword]
  }

  func problem(
    _ keyword: String, _ expected: String, found: String? = nil, at steps: String...,
    severity: SchemaProblem.Severity = .error
  ) -> SchemaProblem {
    SchemaProblem(
      severity: severity,
      pointer: JSONPointer(place.tokens(below: nil) + [keyword] + steps), document: document,
      keyword: keyword, expected: expected,
      found: found ?? members[keyword].map(Phrase.value) ?? "nothing")
  }

  func string(_ keyword: String) throws(SchemaProblem) -> String? {
    guard let value = self[keyword] else { return nil }
    guard let string = value.string else { throw problem(keyword, "a string") }
    return string
  }

  func bool(_ keyword: String) throws(SchemaProblem) -> Bool? {
    guard let value = self[keyword] else { return nil }
    guard let bool = value.bool else { throw problem(keyword, "a boolean") }
    return bool
  }

  func number(_ keyword: String) throws(SchemaProblem) -> JSONNumber? {
    guard let value = self[keyword] else { return nil }
    guard case .number(let number) = value else { throw problem(keyword, "a number") }
    return number
  }

  /// A whole number of at least 0.
  func count(_ keyword: String) throws(SchemaProblem) -> Int? {
    guard let value = self[keyword] else { return nil }
    guard case .number(let number) = value, number.isInteger, !(number < JSONNumber(0)) else {
      throw problem(keyword, "a whole number of at least 0")
    }
    return number.int64.map { Int($0) } ?? .max
  }

  func array(_ keyword: String) throws(SchemaProblem) -> [JSONValue]? {
    guard let value = self[keyword] else { return nil }
    guard let array = value.array else { throw problem(keyword, "an array") }
    return array
  }

  /// The members of an object, by name.
  func object(_ keyword: String) throws(SchemaProblem) -> [(key: String, value: JSONValue)]? {
    guard let value = self[keyword] else { return nil }
    guard let object = value.object else { throw problem(keyword, "an object") }
    return object.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
  }

  /// An array of strings.
  func names(_ keyword: String) throws(SchemaProblem) -> [String]? {
    guard let values = try array(keyword) else { return nil }
    let names = values.compactMap(\.string)
    guard names.count == values.count else { throw problem(keyword, "an array of strings") }
    return names
  }
}
