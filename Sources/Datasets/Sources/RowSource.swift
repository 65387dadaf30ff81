import JSON

/// Something that hands out rows one after the other, each with the line on which it begins.
public protocol RowSource: ~Copyable {
  /// The next row, be it defective; nil at the end.
  mutating func next() throws(DatasetsError) -> Row?
}

extension NDJSONReader: RowSource {}

/// Rows that are in memory already; a row's line is its place, from 1.
struct MemorySource: RowSource {
  private let rows: [JSONValue]
  private var position = 0

  init(_ rows: [JSONValue]) { self.rows = rows }

  mutating func next() -> Row? {
    guard position < rows.count else { return nil }
    position += 1
    return Row(line: position, value: rows[position - 1])
  }
}
