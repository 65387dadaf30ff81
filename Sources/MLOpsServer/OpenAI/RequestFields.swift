import JSON

/// Reads the members of a request body, each with its type and range; `null` counts as absent.
struct RequestFields {
  let members: [String: JSONValue]
  /// Goes before the names in messages: `messages[2].`.
  let prefix: String

  /// - Throws: `ServerError` with code `server.wrong_type`.
  init(_ value: JSONValue, at prefix: String = "") throws(ServerError) {
    guard case .object(let members) = value else {
      let name = prefix.isEmpty ? "body" : String(prefix.dropLast())
      throw .wrongType(parameter: name, expected: "an object", found: value.typeName)
    }
    self.members = members
    self.prefix = prefix
  }

  subscript(name: String) -> JSONValue? {
    guard let value = members[name], value != .null else { return nil }
    return value
  }

  func string(_ name: String) throws(ServerError) -> String? {
    try read(name, "a string") { $0.string }
  }

  func bool(_ name: String) throws(ServerError) -> Bool? {
    try read(name, "a boolean") { $0.bool }
  }

  func array(_ name: String) throws(ServerError) -> [JSONValue]? {
    try read(name, "an array") { $0.array }
  }

  func integer(_ name: String, in range: ClosedRange<Int>) throws(ServerError) -> Int? {
    if case .number(let number)? = self[name], number.isInteger, number.int64 == nil {
      throw .outOfRange(
        parameter: prefix + name, expected: "\(range.lowerBound) to \(range.upperBound)",
        found: "a larger number")
    }
    guard let value = try read(name, "an integer", { $0.int }) else { return nil }
    guard range.contains(value) else {
      throw .outOfRange(
        parameter: prefix + name, expected: "\(range.lowerBound) to \(range.upperBound)",
        found: "\(value)")
    }
    return value
  }

  func number(_ name: String, in range: ClosedRange<Double>) throws(ServerError) -> Double? {
    guard let value = try read(name, "a number", { $0.double }) else { return nil }
    guard range.contains(value) else {
      throw .outOfRange(
        parameter: prefix + name, expected: "\(range.lowerBound) to \(range.upperBound)",
        found: "\(value)")
    }
    return value
  }

  private func read<Value>(
    _ name: String, _ expected: String, _ convert: (JSONValue) -> Value?
  ) throws(ServerError) -> Value? {
    guard let value = self[name] else { return nil }
    guard let converted = convert(value) else {
      throw .wrongType(parameter: prefix + name, expected: expected, found: value.typeName)
    }
    return converted
  }
}
