import JSON

/// Whether no value can fulfil two schemas at once, where that is plain to see.
struct SchemaExclusion {
  private let document: JSONValue

  init(_ document: JSONValue) { self.document = document }

  /// True only where it is certain: they have no type in common, no literal in common, or demand a
  /// member whose schemas exclude each other.
  func exclude(_ left: JSONValue, _ right: JSONValue, depth: Int = 0) -> Bool {
    guard depth < 16, let a = resolved(left)?.object, let b = resolved(right)?.object else {
      return false
    }
    if let first = literals(a), let second = literals(b) {
      return !first.contains { second.contains($0) }
    }
    if let first = types(a), let second = types(b), first.isDisjoint(with: second) { return true }
    // Members count only where both sides are objects for certain.
    guard types(a) == ["object"], types(b) == ["object"] else { return false }
    return required(a).intersection(required(b)).contains { name in
      guard let first = a["properties"]?[name], let second = b["properties"]?[name] else {
        return false
      }
      return exclude(first, second, depth: depth + 1)
    }
  }

  private func resolved(_ schema: JSONValue) -> JSONValue? {
    var schema = schema
    for _ in 0..<16 {
      guard let text = schema["$ref"]?.string else { return schema }
      guard text.hasPrefix("#"), let pointer = JSONPointer(String(text.dropFirst())),
        let target = document[pointer]
      else { return nil }
      schema = target
    }
    return nil
  }

  private func literals(_ schema: [String: JSONValue]) -> [JSONValue]? {
    schema["const"].map { [$0] } ?? schema["enum"]?.array
  }

  /// The types a value can have; whole numbers are numbers.
  private func types(_ schema: [String: JSONValue]) -> Set<String>? {
    var names: [String]?
    if let literals = literals(schema) {
      names = literals.map(\.typeName)
    } else if let name = schema["type"]?.string {
      names = [name]
    } else {
      names = schema["type"]?.array?.compactMap(\.string)
    }
    return names.map { Set($0.map { $0 == "integer" ? "number" : $0 }) }
  }

  private func required(_ schema: [String: JSONValue]) -> Set<String> {
    Set(schema["required"]?.array?.compactMap(\.string) ?? [])
  }
}
