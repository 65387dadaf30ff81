import JSON

extension JSONValue {
  /// The value at a pointer as a label: a string as it is, another value as canonical text.
  func label(at pointer: JSONPointer) -> String? { self[pointer].map { $0.string ?? $0.canonical } }

  /// Puts a value where a pointer says, making objects on the way where nothing is.
  ///
  /// - Returns: whether it could be put: not below a string, nor beyond an array's end.
  @discardableResult
  mutating func set(_ value: JSONValue, at tokens: ArraySlice<String>) -> Bool {
    guard let token = tokens.first else {
      self = value
      return true
    }
    switch self {
    case .object(var members):
      // The old storage is let go first, so that members are changed in place.
      self = .null
      defer { self = .object(members) }
      return members[token, default: .object([:])].set(value, at: tokens.dropFirst())
    case .array(var elements):
      guard let index = JSONValue.index(token, in: elements) else { return false }
      self = .null
      defer { self = .array(elements) }
      return elements[index].set(value, at: tokens.dropFirst())
    default: return false
    }
  }

  /// Takes out what a pointer names; nil where there is nothing.
  mutating func remove(at tokens: ArraySlice<String>) -> JSONValue? {
    guard let token = tokens.first else { return nil }
    switch self {
    case .object(var members):
      guard members[token] != nil else { return nil }
      self = .null
      defer { self = .object(members) }
      if tokens.count == 1 { return members.removeValue(forKey: token) }
      return members[token]?.remove(at: tokens.dropFirst())
    case .array(var elements):
      guard let index = JSONValue.index(token, in: elements) else { return nil }
      self = .null
      defer { self = .array(elements) }
      if tokens.count == 1 { return elements.remove(at: index) }
      return elements[index].remove(at: tokens.dropFirst())
    default: return nil
    }
  }

  /// Changes every string at or below this value; names of members stay.
  mutating func changeStrings(
    at pointer: JSONPointer, _ change: (JSONPointer, String) -> String?
  ) {
    switch self {
    case .string(let text): if let changed = change(pointer, text) { self = .string(changed) }
    case .array(var elements):
      self = .null
      for index in elements.indices {
        elements[index].changeStrings(at: pointer.appending(index), change)
      }
      self = .array(elements)
    case .object(var members):
      self = .null
      // In order of name, so that what is counted or met first is the same in every run.
      for name in members.keys.sorted() {
        members[name]?.changeStrings(at: pointer.appending(name), change)
      }
      self = .object(members)
    case .null, .bool, .number: break
    }
  }

  private static func index(_ token: String, in elements: [JSONValue]) -> Int? {
    guard let index = Int(token), String(index) == token, elements.indices.contains(index) else {
      return nil
    }
    return index
  }
}
