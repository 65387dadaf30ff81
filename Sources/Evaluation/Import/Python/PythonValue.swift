import JSON

/// A value of Python, as far as templates and literals of task files need it.
///
/// Texts compare by their Unicode scalars, as Python's do.
indirect enum PythonValue: Sendable {
  case none
  case bool(Bool)
  case int(Int)
  case float(Double)
  case string(String)
  case list([PythonValue])
  case tuple([PythonValue])
  case dict(PythonDict)
  /// What a name stands for that nothing was given to, with why: Jinja's undefined.
  case missing(String)

  /// A row's value. A whole number beyond 64 bits becomes a float.
  init(_ json: JSONValue) {
    switch json {
    case .null: self = .none
    case .bool(let flag): self = .bool(flag)
    case .number(let number):
      let isWhole = !number.lexeme.utf8.contains { ".eE".utf8.contains($0) }
      self = (isWhole ? number.int64.map { .int(Int($0)) } : nil) ?? .float(number.double)
    case .string(let text): self = .string(text)
    case .array(let elements): self = .list(elements.map(PythonValue.init))
    case .object(let members):
      let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      self = .dict(
        PythonDict(
          pairs: sorted.map { (.string($0.key), PythonValue($0.value)) },
          isOrdered: sorted.count < 2))
    }
  }

  /// What an `if` takes it for.
  var isTrue: Bool {
    switch self {
    case .none, .missing: false
    case .bool(let flag): flag
    case .int(let value): value != 0
    case .float(let value): value != 0
    case .string(let text): !text.isEmpty
    case .list(let elements), .tuple(let elements): !elements.isEmpty
    case .dict(let dict): !dict.pairs.isEmpty
    }
  }

  /// The name of its type, as Python has it.
  var typeName: String {
    switch self {
    case .none: "None"
    case .bool: "bool"
    case .int: "int"
    case .float: "float"
    case .string: "str"
    case .list: "list"
    case .tuple: "tuple"
    case .dict: "dict"
    case .missing: "undefined"
    }
  }

  /// The text of a text.
  var string: String? { if case .string(let text) = self { text } else { nil } }

  /// A whole number, which a truth value is in Python too.
  var int: Int? {
    switch self {
    case .int(let value): value
    case .bool(let flag): flag ? 1 : 0
    default: nil
    }
  }

  /// A number of any kind.
  var number: Double? {
    if case .float(let value) = self { return value }
    return int.map(Double.init)
  }

  /// The elements of a list or tuple.
  var elements: [PythonValue]? {
    switch self {
    case .list(let elements), .tuple(let elements): elements
    default: nil
    }
  }

  /// The member of a mapping with a text for its name.
  subscript(key: String) -> PythonValue? {
    if case .dict(let dict) = self { dict[.string(key)] } else { nil }
  }
}

/// A mapping of Python, in the order of insertion.
struct PythonDict: Sendable {
  var pairs: [(key: PythonValue, value: PythonValue)] = []
  /// False where the order of what was read is not known, so that nothing may rest on it.
  var isOrdered = true

  subscript(key: PythonValue) -> PythonValue? { pairs.first { $0.key == key }?.value }

  /// Sets a member, which keeps its place where it is there.
  mutating func set(_ key: PythonValue, _ value: PythonValue) {
    if let index = pairs.firstIndex(where: { $0.key == key }) {
      pairs[index].value = value
    } else {
      pairs.append((key, value))
    }
  }
}

extension PythonValue: Equatable {
  static func == (left: PythonValue, right: PythonValue) -> Bool {
    switch (left, right) {
    case (.none, .none): return true
    case (.string(let a), .string(let b)): return a.utf8.elementsEqual(b.utf8)
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)): return a == b
    case (.dict(let a), .dict(let b)):
      return a.pairs.count == b.pairs.count && a.pairs.allSatisfy { b[$0.key] == $0.value }
    default:
      if let a = left.int, let b = right.int { return a == b }
      guard let a = left.number, let b = right.number else { return false }
      return a == b
    }
  }

  /// Whether it comes before another; nil where Python cannot say.
  func precedes(_ other: PythonValue) -> Bool? {
    if let a = int, let b = other.int { return a < b }
    if let a = number, let b = other.number { return a < b }
    if let a = string, let b = other.string {
      return a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars) { $0.value < $1.value }
    }
    switch (self, other) {
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
      for (one, two) in zip(a, b) where one != two { return one.precedes(two) }
      return a.count < b.count
    default: return nil
    }
  }
}
