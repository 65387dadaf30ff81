public import JSON
import JSONSchema
import MLOpsCore

/// How often rows violate one keyword of a schema at one generalised place.
public struct ValidationGroup: Sendable, Hashable {
  let kind: ViolationKind
  public let keyword: String
  /// The keyword's place in the schema; empty for rows that are none.
  public let schemaPointer: String
  /// The way into the row, with `*` for indices and for names that the schema does not list.
  public let pointer: String
  public internal(set) var violations: Int
  /// Rows with at least one of them.
  public internal(set) var rows: Int
  /// Where the first is, from 1; columns in Unicode scalars.
  public let line: Int
  public let column: Int

  /// `/properties/price/minimum at /items/*/price`, with escapes for what a terminal would obey.
  var name: String {
    let place = schemaPointer.isEmpty ? keyword : schemaPointer
    return TerminalText.escaped(pointer.isEmpty ? place : "\(place) at \(pointer)")
  }

  /// `in 12 rows, first at rows.ndjson:3:14`.
  func extent(in file: String) -> String {
    let rows = rows == 0 ? "in the header" : "in \(Quantity.count(Int64(rows), of: "row"))"
    return "\(rows), first at \(file):\(line):\(column)"
  }

  public var json: JSONValue {
    [
      "keyword": .string(keyword), "schema_pointer": .string(schemaPointer),
      "pointer": .string(pointer), "violations": .integer(violations), "rows": .integer(rows),
      "first_line": .integer(line), "first_column": .integer(column),
    ]
  }
}

extension ValidationGroup {
  /// - Parameter before: How many lines of the file come before the piece that was counted.
  init(_ count: ViolationCounter.Count, _ label: ViolationCounter.Label, linesBefore before: Int) {
    self.init(
      kind: count.kind, keyword: label.keyword, schemaPointer: label.schemaPointer,
      pointer: label.pointer, violations: count.violations, rows: count.rows,
      line: before + label.line, column: label.column)
  }

  /// The most frequent first, then by place.
  static func sorted(_ groups: [ValidationGroup]) -> [ValidationGroup] {
    groups.sorted {
      ($1.violations, $0.schemaPointer, $0.keyword, $0.pointer, $0.line, $0.column)
        < ($0.violations, $1.schemaPointer, $1.keyword, $1.pointer, $1.line, $1.column)
    }
  }
}
