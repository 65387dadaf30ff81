import JSON
public import SystemPackage

/// Reads the rows of a file of any of the shapes in which JSON data comes: newline-delimited
/// (streamed), one array of rows, or one value that is the only row (both held in memory).
public struct RowReader: ~Copyable {
  private var lines: NDJSONReader?
  private var rows: ArraySlice<Row> = []

  /// The shape follows from the name (`.ndjson`, `.jsonl`), else from the first bytes: `[` begins an
  /// array, and a first line that is no whole value begins a single one.
  public init(_ path: FilePath) throws(DatasetsError) {
    if try RowReader.isDelimited(path) {
      lines = try NDJSONReader(path)
    } else {
      lines = nil
      rows = RowReader.document(try Files.contents(of: path))[...]
    }
  }

  /// The next row; nil at the end.
  public mutating func next() throws(DatasetsError) -> Row? {
    if let row = rows.popFirst() { return row }
    return try lines?.next()
  }

  static func isDelimited(_ path: FilePath) throws(DatasetsError) -> Bool {
    if ["ndjson", "jsonl"].contains(path.extension?.lowercased()) { return true }
    let file = try Files.open(path)
    defer { try? file.close() }
    let head = try Files.read(from: file, path, atMost: 1 << 20)
    guard let start = head.first(where: { $0 > 0x20 && $0 < 0x80 }) else { return true }
    if start == UInt8(ascii: "[") { return false }
    let line = head.drop { $0 <= 0x20 }.prefix { $0 != 0x0A }
    // A first line longer than what was looked at is a row, not the beginning of a document.
    if line.endIndex == head.endIndex, head.count == 1 << 20 { return true }
    return path.extension?.lowercased() != "json" || (try? JSONValue(parsing: Array(line))) != nil
  }

  private static func document(_ bytes: [UInt8]) -> [Row] {
    let whole = Row(line: 1, bytes: bytes)
    guard case .success(.array) = whole.content, let ranges = JSONLocator(bytes).elements() else {
      return [whole]
    }
    var (line, column, position) = (1, 1, 0)
    return ranges.map { range in
      for byte in bytes[position..<range.lowerBound] {
        if byte == 0x0A {
          line += 1
          column = 1
        } else if byte & 0xC0 != 0x80 {
          column += 1
        }
      }
      position = range.lowerBound
      return Row(line: line, column: column, bytes: Array(bytes[range]))
    }
  }
}
