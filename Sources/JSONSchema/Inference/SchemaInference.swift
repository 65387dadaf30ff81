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

  public init(options: Options = Options()) { self.options = options }

  /// Takes an example into account.
  public mutating func add(_ value: JSONValue) { profile.add(value, options) }

  /// The proposal: `true` besides `$schema` where there were no examples.
  public var schema: JSONValue {
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
