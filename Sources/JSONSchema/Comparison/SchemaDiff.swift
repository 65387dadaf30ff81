public import JSON

/// What a change of a schema means for data: whether what was valid stays valid.
///
/// The comparison is structural and conservative: that nothing breaks is only said where it follows
/// from the rules for single keywords. Keywords that only annotate are not compared, `format` among
/// them unless the options assert it.
public struct SchemaDiff: Sendable, Hashable {
  /// What holds for all data.
  public enum Verdict: String, Sendable, Hashable {
    /// Both schemas admit the same data.
    case equal
    /// Whatever is valid under the old schema is valid under the new one, which may admit more.
    case loosened
    /// Data valid under the old schema may be invalid under the new one.
    case breaking
    /// No rule tells.
    case cannotTell = "cannot tell"
  }

  /// One difference.
  public struct Change: Sendable, Hashable, CustomStringConvertible {
    /// Where in the new schema; in the old one where `isRemoved`.
    public let pointer: JSONPointer
    /// Whether it is about something that only the old schema has.
    public let isRemoved: Bool
    /// What changed, as a phrase: `maxLength from 5 to 3`.
    public let what: String
    /// Whether old data may become invalid by it; nil where no rule tells.
    public let isBreaking: Bool?

    public var description: String {
      let place = pointer == .root ? "the root" : "\(pointer)"
      let effect = isBreaking.map { $0 ? "breaking" : "compatible" } ?? "cannot tell"
      return "\(place): \(what) (\(effect))"
    }
  }

  public let verdict: Verdict
  /// The differences, in the order in which the schemas are gone through.
  public let changes: [Change]

  /// Compares two schemas, of any drafts.
  ///
  /// - Throws: `SchemaError` where one of them cannot be used.
  public static func between(
    _ old: JSONValue, and new: JSONValue, options: SchemaOptions = SchemaOptions()
  ) throws(SchemaError) -> SchemaDiff {
    between(
      try JSONSchema.compile(old, options: options),
      and: try JSONSchema.compile(new, options: options))
  }

  /// Compares two compiled schemas.
  public static func between(_ old: CompiledSchema, and new: CompiledSchema) -> SchemaDiff {
    var comparison = SchemaComparison(old: old.program, new: new.program)
    let effect = comparison.compare(old.program.root, new.program.root)
    let verdict: Verdict =
      switch (effect.breaks, effect.loosens) {
      case (.yes, _): .breaking
      case (.unknown, _): .cannotTell
      case (.no, .no): .equal
      case (.no, _): .loosened
      }
    return SchemaDiff(verdict: verdict, changes: comparison.changes)
  }
}

/// What a change does to the set of valid values.
struct ChangeEffect: Hashable {
  enum Answer: Int { case no, unknown, yes }

  /// Whether values may stop being valid; `no` is proven.
  var breaks: Answer
  /// Whether values may become valid; `no` is proven.
  var loosens: Answer

  static let none = ChangeEffect(breaks: .no, loosens: .no)
  static let tightened = ChangeEffect(breaks: .yes, loosens: .no)
  static let loosened = ChangeEffect(breaks: .no, loosens: .yes)
  static let both = ChangeEffect(breaks: .yes, loosens: .yes)
  static let unknown = ChangeEffect(breaks: .unknown, loosens: .unknown)

  /// The effect of several changes whose demands all have to be met.
  mutating func join(_ other: ChangeEffect) {
    if other.breaks.rawValue > breaks.rawValue { breaks = other.breaks }
    if other.loosens.rawValue > loosens.rawValue { loosens = other.loosens }
  }

  /// The effect of the same change inside a `not`.
  var reversed: ChangeEffect { ChangeEffect(breaks: loosens, loosens: breaks) }

  var isBreaking: Bool? {
    switch breaks {
    case .yes: true
    case .no: false
    case .unknown: nil
    }
  }
}
