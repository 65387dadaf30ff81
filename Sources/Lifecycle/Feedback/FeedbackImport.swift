public import Datasets
public import JSON
import MLOpsCore
public import ModelRegistry

/// What became of the rows of files of feedback.
public struct FeedbackImport: Sendable {
  public private(set) var rows = 0
  public private(set) var invalid = 0
  /// The first ones.
  public private(set) var violations: [LocatedViolation] = []
  /// What was replaced by placeholders.
  public private(set) var scrubbed: [PIIKind: Int] = [:]
  public internal(set) var outcome = FeedbackAppended()

  mutating func add(_ content: FeedbackFile.Content) {
    rows += content.rows
    invalid += content.invalid
    violations += content.violations
    for taken in content.records { scrubbed.merge(taken.scrubbed, uniquingKeysWith: +) }
  }

  /// Keys: `rows`, `added`, `repeated`, `forgotten`, `invalid`, `scrubbed`, `violations`.
  public var document: JSONValue {
    [
      "rows": .integer(rows), "added": .integer(outcome.added),
      "repeated": .integer(outcome.repeated), "forgotten": .integer(outcome.forgotten),
      "invalid": .integer(invalid), "scrubbed": FeedbackDesk.json(scrubbed),
      "violations": .array(violations.map(\.json)),
    ]
  }

  public var text: String {
    let kinds = scrubbed.keys.map(\.rawValue).sorted().joined(separator: ", ")
    let parts = [
      (outcome.added, "added"), (outcome.repeated, "there already"),
      (outcome.forgotten, "of forgotten people left out"), (invalid, "invalid"),
      (scrubbed.values.reduce(0, +), "personal details replaced (\(kinds))"),
    ].enumerated().filter { $0.offset == 0 || $0.element.0 > 0 }
      .map { "\(Quantity.grouped(Int64($0.element.0))) \($0.element.1)" }
    let head = "\(Quantity.count(Int64(rows), of: "row")): \(parts.joined(separator: ", "))"
    return (violations.map(\.text) + [head]).joined(separator: "\n")
  }
}
