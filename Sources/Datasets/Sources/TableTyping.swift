public import JSON
public import JSONSchema

/// What the text of a table's field means: a pure function from text to value.
public struct TableTyping: Sendable, Equatable {
  /// JSON Schema's names of the types that a field may have, tried from the narrowest:
  /// null, boolean, integer, number, string.
  public let types: Set<String>

  public init(types: Set<String>) { self.types = types }

  /// Whatever it reads like.
  public static let guessed = TableTyping(
    types: ["null", "boolean", "integer", "number", "string"])

  /// Numbers where it reads like one.
  static let numeric = TableTyping(types: ["integer", "number", "string"])

  /// The types that a schema declares for its members (see `CompiledSchema.memberTypes`); those
  /// without a limit are left out, as are arrays and objects, which a field cannot be. Members without
  /// a type whose numbers are limited are `numeric`: as texts they would pass whatever they are.
  public static func declared(by schema: CompiledSchema) -> [String: TableTyping] {
    let typings = schema.memberTypes.compactMapValues { declared -> TableTyping? in
      let types = declared.intersection(guessed.types)
      let isLimited = types != guessed.types || declared.count == types.count
      return isLimited && !types.isEmpty ? TableTyping(types: types) : nil
    }
    let numbers = schema.numericMembers.map { ($0, numeric) }
    return typings.merging(numbers) { declared, _ in declared }
  }

  /// The value of a text. One that is of none of the types stays a string, so that validation can
  /// say what is wrong with it.
  public func value(of text: String) -> JSONValue {
    if types.contains("null"), text.isEmpty || text == "null" { return .null }
    if types.contains("boolean"), let flag = TableTyping.flags[text] { return .bool(flag) }
    if types.contains("integer") || types.contains("number"), let number = TableTyping.number(text),
      types.contains("number") || number.typeName == "integer"
    {
      return number
    }
    return .string(text)
  }

  private static let flags = [
    "true": true, "false": false, "TRUE": true, "FALSE": false, "True": true, "False": false,
  ]

  /// A number in JSON's grammar, every digit kept; so `007` and `1,000` are no numbers.
  private static func number(_ text: String) -> JSONValue? {
    guard let first = text.utf8.first, first == 0x2D || (first >= 0x30 && first <= 0x39),
      text.utf8.count <= 400, let value = try? JSONValue(parsing: text), value.double != nil,
      text.utf8.last != 0x20
    else { return nil }
    return value
  }
}
