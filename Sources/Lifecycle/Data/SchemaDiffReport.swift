public import JSON
public import JSONSchema
import MLOpsCore

/// What a comparison of two schemas found, for people and for programs.
public struct SchemaDiffReport: Sendable {
  /// What the schemas were called by who asked.
  public let old: String
  public let new: String
  public let diff: SchemaDiff

  public var text: String {
    (diff.changes.flatMap(lines) + [verdict] + advice.map { "advice: \($0)" })
      .joined(separator: "\n")
  }

  public var json: JSONValue {
    [
      "verdict": .string(diff.verdict.rawValue), "equal": .bool(diff.isEqual),
      "witness": diff.witness?.value ?? .null,
      "changes": .array(diff.changes.map(SchemaDiffReport.json)),
      "advice": advice.first.map { .string($0) } ?? .null,
    ]
  }

  private func lines(_ change: SchemaDiff.Change) -> [String] {
    let pointer = change.pointer == .root ? "the root" : "\(change.pointer)"
    let place = change.isRemoved ? "\(pointer) of the old schema" : pointer
    let lines = ["\(SchemaDiffReport.effect(change)): \(place): \(change.what)"]
    if let witness = change.witness {
      let reasons = witness.violations.prefix(3).map(\.description).joined(separator: "; ")
      return lines + [
        "  valid before, refused now: \(SchemaDiffReport.cut(witness.text)) (\(reasons))"
      ]
    }
    return lines + (change.why.map { ["  \($0)"] } ?? [])
  }

  /// A value for people; programs get the whole one.
  private static func cut(_ text: String) -> String {
    let limit = 500
    guard text.utf8.count > limit else { return text }
    return "\(text.prefix(limit))… (\(Quantity.bytes(Int64(text.utf8.count))) of JSON)"
  }

  private var verdict: String {
    let count = { (effect: Bool?) in diff.changes.count { $0.isBreaking == effect } }
    switch diff.verdict {
    case .compatible where diff.isEqual: return "compatible: both schemas accept the same data"
    case .compatible: return "compatible: the new schema accepts whatever the old one does"
    case .breaking:
      let undecided = count(nil)
      let changes = Quantity.count(Int64(count(true)), of: "breaking change")
      return "breaking: \(changes)" + (undecided > 0 ? ", \(undecided) undecided" : "")
    case .undecided:
      let places = Quantity.count(Int64(count(nil)), of: "change")
      return "undecided: \(places) neither proven harmless nor shown to break anything"
    }
  }

  /// What to do where the comparison cannot tell.
  private var advice: [String] {
    guard diff.verdict == .undecided else { return [] }
    return ["validate the old data with the new schema: mlops validate --schema \(new) OLD-DATA"]
  }

  private static func effect(_ change: SchemaDiff.Change) -> String {
    change.isBreaking.map { $0 ? "breaking" : "compatible" } ?? "undecided"
  }

  private static func json(_ change: SchemaDiff.Change) -> JSONValue {
    [
      "effect": .string(effect(change)), "pointer": .string(change.pointer.description),
      "removed": .bool(change.isRemoved), "what": .string(change.what),
      "why": change.why.map { .string($0) } ?? .null,
      "witness": change.witness.map { witness in
        [
          "value": witness.value, "text": .string(witness.text),
          "violations": .array(
            witness.violations.map { violation in
              [
                "pointer": .string(violation.instance.description),
                "schema": .string(violation.schema.description),
                "keyword": .string(violation.keyword), "reason": .string(violation.reason),
              ]
            }),
        ]
      } ?? .null,
    ]
  }
}
