/// A JSON value (RFC 8259).
///
/// Object members are unordered; `canonical` writes them sorted. Strings compare by their Unicode
/// scalars, as JSON Schema demands, and not by Swift's canonical equivalence.
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// A number from an integer.
  public static func integer(_ value: some BinaryInteger) -> JSONValue {
    .number(JSONNumber(Int64(clamping: value)))
  }

  /// A number from a floating-point value; JSON has no NaN or infinity, so those become `null`.
  public static func double(_ value: Double) -> JSONValue {
    JSONNumber(value).map(JSONValue.number) ?? .null
  }

  public static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)): hasSameMembers(a, b)
    default: false
    }
  }

  /// Swift's dictionaries take canonically equivalent names for the same; here they differ.
  private static func hasSameMembers(_ left: [String: JSONValue], _ right: [String: JSONValue])
    -> Bool
  {
    left.count == right.count
      && left.allSatisfy { name, value in
        guard let index = right.index(forKey: name) else { return false }
        let other = right[index]
        return other.key.utf8.elementsEqual(name.utf8) && other.value == value
      }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .bool(let value): hasher.combine(value)
    case .number(let value): hasher.combine(value)
    case .string(var value):
      hasher.combine(value.utf8.count)
      value.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    case .array(let value): hasher.combine(value)
    case .object(let value): hasher.combine(value)
    }
  }
}

extension JSONValue {
  /// The name that JSON Schema gives to the value's type; a whole number is an `integer`.
  public var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .number(let number): number.isInteger ? "integer" : "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }

  /// The text of a string.
  public var string: String? { if case .string(let value) = self { value } else { nil } }
  /// The truth value of a boolean.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// The value of a number that is whole and fits 64 bits.
  public var int: Int? {
    if case .number(let value) = self { value.int64.map { Int($0) } } else { nil }
  }
  /// The value of a number, rounded to the nearest double.
  public var double: Double? { if case .number(let value) = self { value.double } else { nil } }
  /// The elements of an array.
  public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
  /// The members of an object.
  public var object: [String: JSONValue]? {
    if case .object(let value) = self { value } else { nil }
  }

  /// The member of an object, or nil where this is no object or has no such member.
  public subscript(key: String) -> JSONValue? { object?[key] }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
  ExpressibleByNilLiteral, ExpressibleByFloatLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .number(JSONNumber(value)) }
  public init(floatLiteral value: Double) { self = .double(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(nilLiteral: ()) { self = .null }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(Dictionary(elements) { _, last in last })
  }
}
