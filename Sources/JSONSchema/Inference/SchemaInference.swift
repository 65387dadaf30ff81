public import JSON

/// Proposes a schema of draft 2020-12 from examples.
///
/// Every value that was added is valid under the proposal, formats included. It depends on nothing
/// but the values: neither on their order nor on the machine. Memory is bounded by the proposal, not
/// by the number of values.
public struct SchemaInference: Sendable {
  /// How far a proposal goes beyond types.
  public struct Options: Sendable {
    /// Up to how many different strings become an `enum`.
    public var enumValues: Int
    /// From how many strings on they may become one; there must be four for each different one.
    public var enumRows: Int
    /// Whether the least and greatest numbers, lengths and counts become limits.
    public var addsLimits: Bool
    /// Whether names that did not occur are refused.
    public var closesObjects: Bool
    /// An object with more different names than this is taken for a map.
    public var propertyLimit: Int

    public init(
      enumValues: Int = 12, enumRows: Int = 24, addsLimits: Bool = false,
      closesObjects: Bool = false, propertyLimit: Int = 512
    ) {
      self.enumValues = enumValues
      self.enumRows = enumRows
      self.addsLimits = addsLimits
      self.closesObjects = closesObjects
      self.propertyLimit = propertyLimit
    }
  }

  private let options: Options
  private var profile = ValueProfile()
  /// Of the records of tables, with all but what is null as text.
  private var texts = ValueProfile()

  public init(options: Options = Options()) { self.options = options }

  /// Takes an example into account.
  public mutating func add(_ value: JSONValue) { profile.add(value, options) }

  /// Takes a record of a table into account, whose fields are all written as text.
  ///
  /// A column whose texts read as numbers or booleans is one of these only where all of them do: with
  /// `007` or `n/a` among them, the others are texts too.
  ///
  /// - Parameters:
  ///   - record: The texts, by column.
  ///   - reading: What a text reads like.
  public mutating func add(record: [String: String], reading: (String) -> JSONValue) {
    let values = record.mapValues(reading)
    profile.add(.object(values), options)
    var asTexts = record.mapValues(JSONValue.string)
    for (name, value) in values where value == .null { asTexts[name] = value }
    texts.add(.object(asTexts), options)
  }

  /// The proposal: `true` besides `$schema` where there were no examples.
  public var schema: JSONValue {
    var profile = profile
    for (name, column) in texts.members {
      guard let typed = profile.members[name], typed.isMixedText, typed.count == column.count else {
        continue
      }
      profile.members[name] = column
    }
    var members = ProfileWriter(options: options).schema(profile)
    members["$schema"] = .string(SchemaDraft.draft202012.uri)
    return .object(members)
  }

  /// Proposes a schema for some values.
  public static func schema(of values: some Sequence<JSONValue>, options: Options = Options())
    -> JSONValue
  {
    var inference = SchemaInference(options: options)
    for value in values { inference.add(value) }
    return inference.schema
  }
}
