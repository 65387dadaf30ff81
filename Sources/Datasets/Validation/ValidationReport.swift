public import JSON
public import MLOpsCore

/// What validation of a file found.
public struct ValidationReport: Sendable {
  public let file: String
  /// Rows that are not blank.
  public internal(set) var rows = 0
  /// Rows with at least one violation, and rows that are no JSON.
  public internal(set) var invalid = 0
  /// The first ones, at most as many as were asked for.
  public internal(set) var violations: [LocatedViolation] = []
  /// How many violations there are in all; a row that is no JSON has one.
  public internal(set) var violationCount = 0
  /// Rows of which only the first violations were counted, being very many: where there are any,
  /// there are more violations than counted.
  public internal(set) var cutRows = 0
  /// Violations by keyword and place; the most frequent first.
  public internal(set) var groups: [ValidationGroup] = []
  /// Violations in further groups, of which only this is known.
  public internal(set) var otherViolations = 0
  /// What may be the matter with the file as a whole, a sentence each.
  public internal(set) var hints: [String] = []
  /// Why the file could not be read; there are no counts then.
  public internal(set) var failure: FailureReport?
  /// Of the violations, how many are told of the header of a table; they come first.
  var headerViolations = 0
  /// Of the counted violations, those that are told once, of the header.
  var violationsByHeader = 0

  init(file: String) { self.file = file }

  /// Of a file that could not be read.
  public init(file: String, failure: FailureReport) {
    self.init(file: file)
    self.failure = failure
  }

  public var valid: Int { rows - invalid }
  /// Whether all rows are valid; without any, whether what stands before them is.
  public var isValid: Bool { invalid == 0 && violationCount == 0 && failure == nil }

  /// Counted violations that are neither shown nor told of the header.
  var hiddenViolations: Int {
    violationCount - violationsByHeader - (violations.count - headerViolations)
  }

  public var json: JSONValue {
    if let failure {
      return ["file": .string(file), "error": failure.json["error"] ?? .null]
    }
    return [
      "file": .string(file), "rows": .integer(rows), "valid": .integer(valid),
      "invalid": .integer(invalid), "violations": .array(violations.map(\.json)),
      "violation_count": .integer(violationCount), "cut_rows": .integer(cutRows),
      "groups": .array(groups.map(\.json)), "violations_in_other_groups": .integer(otherViolations),
      "hints": .array(hints.map { .string($0) }),
    ]
  }
}
