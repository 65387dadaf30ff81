public import JSON
import MLOpsCore

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

/// How many rows violate one keyword of a schema first.
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
  /// Rows with at least one violation, and rows that are no JSON.
  public internal(set) var invalid = 0
  /// The first ones, at most as many as were asked for.
  public internal(set) var violations: [LocatedViolation] = []
  /// Invalid rows by the keyword that they violate first; the most frequent first.
  public internal(set) var groups: [ViolationGroup] = []

  public var valid: Int { rows - invalid }
  public var isValid: Bool { invalid == 0 }

  /// The report for people: the violations, their groups, one line of counts.
  public var text: String {
    var lines = violations.map(\.text)
    let shown = Set(violations.map(\.line)).count
    if invalid > shown, !violations.isEmpty {
      lines.append("… and \(Quantity.count(Int64(invalid - shown), of: "invalid row")) more")
    }
    if groups.count > 1 || invalid > shown {
      lines.append("")
      let width = groups.map { Quantity.grouped(Int64($0.count)).count }.max() ?? 1
      for group in groups.prefix(20) {
        let count = Quantity.grouped(Int64(group.count))
        let pad = String(repeating: " ", count: width - count.count)
        let place = group.schemaPointer.isEmpty ? group.keyword : group.schemaPointer
        lines.append("  \(pad)\(count) × \(place) (first on line \(group.firstLine))")
      }
      if groups.count > 20 { lines.append("  … and \(groups.count - 20) kinds more") }
      lines.append("")
    }
    lines.append(
      "\(file): \(Quantity.count(Int64(rows), of: "row")), \(Quantity.grouped(Int64(valid))) valid, "
        + "\(Quantity.grouped(Int64(invalid))) invalid")
    return lines.joined(separator: "\n")
  }

  public var json: JSONValue {
    [
      "file": .string(file), "rows": .integer(rows), "valid": .integer(valid),
      "invalid": .integer(invalid), "violations": .array(violations.map(\.json)),
      "groups": .array(
        groups.map {
          [
            "keyword": .string($0.keyword), "schema_pointer": .string($0.schemaPointer),
            "rows": .integer($0.count), "first_line": .integer($0.firstLine),
          ]
        }),
    ]
  }
}
