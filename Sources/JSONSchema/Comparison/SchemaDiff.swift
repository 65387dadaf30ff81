public import JSON

/// What a change of a schema means for data: whether what was valid stays valid.
///
/// That nothing breaks is said where it was proven, that something breaks where a value was found
/// that the old schema admits and the new one does not; else it is undecided. Keywords that only
/// annotate are not compared, `format` among them unless the options assert it.
public struct SchemaDiff: Sendable, Hashable {
  /// What holds for all data.
  public enum Verdict: String, Sendable, Hashable {
    /// Proven: whatever is valid under the old schema is valid under the new one.
    case compatible
    /// Shown: there is data that only the old schema admits, such as the `witness`.
    case breaking
    /// Neither proven nor shown.
    case undecided
  }

  /// A value that the old schema admits and the new one refuses; both were asked.
  public struct Witness: Sendable, Hashable {
    public let value: JSONValue
    /// Why the new schema refuses it; at least one.
    public let violations: [SchemaViolation]

    /// The value as JSON, each number as it was written: draft 4 tells 1.0 from 1.
    public var text: String { value.asWritten }
  }

  /// One difference.
  public struct Change: Sendable, Hashable {
    /// Where in the new schema; in the old one where `isRemoved`.
    public let pointer: JSONPointer
    /// Whether it is about something that only the old schema has.
    public let isRemoved: Bool
    /// What changed, as a phrase: `maxLength from 5 to 3`.
    public let what: String
    /// Whether old data becomes invalid by it, which `witness` shows; nil where that is undecided.
    public internal(set) var isBreaking: Bool?
    /// Data that becomes invalid by it, where it is breaking.
    public internal(set) var witness: Witness?
    /// By which violations it shows.
    var cause: SchemaComparison.Cause?

    /// Why it is undecided, as a phrase; nil where it is not.
    public var why: String? {
      guard isBreaking == nil else { return nil }
      return cause?.keywords == ["pattern"]
        ? "patterns are compared as they are written, and no text was found that tells them apart"
        : "this does not follow from the old schema by any rule, and no value was found that only "
          + "the old schema accepts"
    }
  }

  public let verdict: Verdict
  /// Whether both schemas are proven to admit the same data.
  public let isEqual: Bool
  /// The differences, in the order in which the schemas are gone through.
  public let changes: [Change]

  /// The smallest value that shows that the change breaks old data; nil unless it does.
  public var witness: Witness? { changes.compactMap(\.witness).min(by: Witness.isSmaller) }

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
    guard effect.breaks != .no else {
      let changes = comparison.changes.once.map { change in
        var change = change
        change.isBreaking = false
        return change
      }
      return SchemaDiff(
        verdict: .compatible, isEqual: effect.loosens == .no, changes: changes)
    }
    var search = WitnessSearch(comparison.prover)
    var changes = comparison.changes.once.judged(by: search.witnesses(), of: new.program)
    let isBreaking = changes.contains { $0.isBreaking == true }
    if !isBreaking, changes.allSatisfy({ $0.isBreaking == false }) {
      // Each change is harmless by itself, which does not say that all of them are.
      changes.append(
        SchemaDiff.Change(pointer: .root, isRemoved: false, what: "the changes taken together"))
    }
    return SchemaDiff(
      verdict: isBreaking ? .breaking : .undecided, isEqual: false, changes: changes)
  }
}

extension SchemaDiff.Witness {
  /// Whether a value is shorter, or comes first among those of the same length.
  static func isSmaller(_ left: SchemaDiff.Witness, _ right: SchemaDiff.Witness) -> Bool {
    let (a, b) = (left.text, right.text)
    return a.utf8.count != b.utf8.count ? a.utf8.count < b.utf8.count : a < b
  }
}

/// What one change is known by.
private struct ChangeKey: Hashable {
  let pointer: JSONPointer
  let isRemoved: Bool
  let what: String
}

extension [SchemaDiff.Change] {
  /// Each change once that was come by on several ways; harmless only where it is so on all of them.
  fileprivate var once: [SchemaDiff.Change] {
    var changes: [SchemaDiff.Change] = []
    var places: [ChangeKey: Int] = [:]
    for change in self {
      let key = ChangeKey(pointer: change.pointer, isRemoved: change.isRemoved, what: change.what)
      if let known = places[key] {
        if changes[known].isBreaking == false { changes[known] = change }
      } else {
        places[key] = changes.count
        changes.append(change)
      }
    }
    return changes
  }

  /// The changes with what the witnesses say of them: each that a witness shows is breaking, and the
  /// others, unless they are proven harmless, are undecided.
  fileprivate func judged(by witnesses: [SchemaDiff.Witness], of program: SchemaProgram)
    -> [SchemaDiff.Change]
  {
    let witnesses = witnesses.sorted(by: SchemaDiff.Witness.isSmaller)
    var used: Set<SchemaDiff.Witness> = []
    var changes = map { change in
      guard change.isBreaking != false else { return change }
      var change = change
      // Best is one that nothing else is wrong with.
      let shown = witnesses.filter { witness in
        witness.violations.contains { change.cause?.explains($0, of: program) ?? false }
      }
      used.formUnion(shown)
      change.witness = shown.first { $0.violations.count == 1 } ?? shown.first
      change.isBreaking = change.witness == nil ? nil : true
      return change
    }
    // What no change explains is a change of its own: alternatives that have come to overlap.
    var places: Set<JSONPointer> = []
    for witness in witnesses where !used.contains(witness) {
      guard let violation = witness.violations.first,
        places.insert(violation.schema).inserted
      else { continue }
      changes.append(
        SchemaDiff.Change(
          pointer: violation.schema, isRemoved: false, what: "\(violation.keyword) refuses more",
          isBreaking: true, witness: witness))
    }
    return changes
  }
}

/// What a change does to the set of valid values, as far as rules for single keywords tell.
struct ChangeEffect: Hashable {
  enum Answer: Int { case no, unknown, yes }

  /// Whether values may stop being valid; only `no` is certain.
  var breaks: Answer
  /// Whether values may become valid; only `no` is certain.
  var loosens: Answer

  static let none = ChangeEffect(breaks: .no, loosens: .no)
  static let tightened = ChangeEffect(breaks: .yes, loosens: .no)
  static let loosened = ChangeEffect(breaks: .no, loosens: .yes)
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
