public import JSON
public import JSONSchema

/// What a schema makes of the values of a database's or a Parquet file's column, which have types
/// of their own: only what those types cannot say.
public struct ValueTyping: Sendable, Equatable {
  /// 0 and 1 are false and true: SQLite has no booleans.
  public var isBoolean: Bool
  /// A text is the JSON of an array or object.
  public var isJSON: Bool
  /// Bytes are wanted as base64; without that they are no row.
  public var isBase64: Bool

  public init(isBoolean: Bool = false, isJSON: Bool = false, isBase64: Bool = false) {
    self.isBoolean = isBoolean
    self.isJSON = isJSON
    self.isBase64 = isBase64
  }

  /// What a schema declares for its members, by name; one that may be a string or a number too leaves
  /// texts and numbers alone.
  ///
  /// - Parameter document: the schema's own text, whose properties may say `contentEncoding`.
  public static func declared(by schema: CompiledSchema, _ document: JSONValue) -> [String:
    ValueTyping]
  {
    let properties = document["properties"]?.object ?? [:]
    let declared = schema.memberTypes
    var typings: [String: ValueTyping] = [:]
    for name in Set(declared.keys).union(properties.keys) {
      let types = declared[name] ?? []
      let typing = ValueTyping(
        isBoolean: types.contains("boolean") && types.isDisjoint(with: ["integer", "number"]),
        isJSON: !types.isDisjoint(with: ["array", "object"]) && !types.contains("string"),
        isBase64: properties[name]?["contentEncoding"]?.string?.lowercased() == "base64")
      if typing != ValueTyping() { typings[name] = typing }
    }
    return typings
  }

  /// The value that the schema means; one that it cannot mean stays as it is, so that validation can
  /// say what is wrong with it.
  func value(of value: JSONValue) -> JSONValue {
    switch value {
    case .number where isBoolean: value == 0 ? false : value == 1 ? true : value
    case .string(let text) where isJSON: (try? JSONValue(parsing: text)) ?? value
    default: value
    }
  }
}
