public import JSON
import MLOpsCore

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
  /// Of the violations, how many are told of the header of a table; they come first.
  var headerViolations = 0
  /// Invalid rows with nothing wrong but what is told of the header.
  var invalidByHeader = 0

  public var valid: Int { rows - invalid }
  public var isValid: Bool { invalid == 0 }

  /// The report for people: the violations, their groups, one line of counts.
  public var text: String {
    var lines = violations.map(\.text)
    let shown = Set(violations.dropFirst(headerViolations).map(\.line)).count
    let hidden = invalid - shown - (headerViolations > 0 ? invalidByHeader : 0)
    if hidden > 0, !violations.isEmpty {
      lines.append("… and \(Quantity.count(Int64(hidden), of: "invalid row")) more")
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
