public import JSON

/// A violation and where in which file it stands.
public struct LocatedViolation: Sendable, Hashable {
  public let file: String
  /// From 1.
  public let line: Int
  /// In Unicode scalars, from 1.
  public let column: Int
  /// Into the row.
  public let pointer: String
  /// The keyword's place in the schema; empty for a row that is no JSON.
  public let schemaPointer: String
  /// `syntax` for a row that is no JSON.
  public let keyword: String
  /// Such as `expected a string, found 5 (an integer)`.
  public let reason: String

  /// `file:line:column /pointer reason`.
  public var text: String {
    "\(file):\(line):\(column): \(pointer.isEmpty ? "" : pointer + " ")\(reason)"
  }

  public var json: JSONValue {
    [
      "file": .string(file), "line": .integer(line), "column": .integer(column),
      "pointer": .string(pointer), "schema_pointer": .string(schemaPointer),
      "keyword": .string(keyword), "reason": .string(reason),
    ]
  }
}

/// How often one keyword of a schema was violated.
public struct ViolationGroup: Sendable, Hashable {
  public let keyword: String
  public let schemaPointer: String
  public internal(set) var count: Int
  /// The line of the first, from 1.
  public let firstLine: Int
}

/// What validation of a file found.
public struct ValidationReport: Sendable {
  public let file: String
  /// Rows that are not blank.
  public internal(set) var rows = 0
  public internal(set) var valid = 0
  /// Rows with at least one violation, and rows that are no JSON.
  public internal(set) var invalid = 0
  /// Rows whose value occurred before in the file, valid or not.
  public internal(set) var duplicates = 0
  /// The first ones, at most as many as were asked for.
  public internal(set) var violations: [LocatedViolation] = []
  /// All of them.
  public internal(set) var violationCount = 0
  /// The most frequent first.
  public internal(set) var groups: [ViolationGroup] = []

  public var isValid: Bool { invalid == 0 }

  /// The report for people: the violations, their groups, one line of counts.
  public var text: String {
    var lines = violations.map(\.text)
    if violationCount > violations.count {
      lines.append("… and \(violationCount - violations.count) more")
    }
    if groups.count > 1 {
      lines.append("")
      let width = groups.map { String($0.count).count }.max() ?? 1
      for group in groups {
        let count = String(group.count)
        let pad = String(repeating: " ", count: width - count.count)
        let place = group.schemaPointer.isEmpty ? group.keyword : group.schemaPointer
        lines.append("  \(pad)\(count) × \(place) (first on line \(group.firstLine))")
      }
      lines.append("")
    }
    lines.append(
      "\(file): \(rows) rows, \(valid) valid, \(invalid) invalid, \(duplicates) duplicate")
    return lines.joined(separator: "\n")
  }

  public var json: JSONValue {
    [
      "file": .string(file), "rows": .integer(rows), "valid": .integer(valid),
      "invalid": .integer(invalid), "duplicates": .integer(duplicates),
      "violation_count": .integer(violationCount),
      "violations": .array(violations.map(\.json)),
      "groups": .array(
        groups.map {
          [
            "keyword": .string($0.keyword), "schema_pointer": .string($0.schemaPointer),
            "count": .integer($0.count), "first_line": .integer($0.firstLine),
          ]
        }),
    ]
  }
}
