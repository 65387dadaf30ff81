public import SystemPackage
import JSON

/// Reads a table: one record a row, an object whose members are named by the header.
///
/// Memory is bounded by the longest record. A record that cannot be a row (too many fields, bytes
/// that are not UTF-8, a quote that never ends) becomes a defective row with the record
/// as it was written, and the next is read.
///
/// - SeeAlso: RFC 4180.
public struct TableReader: ~Copyable, RowSource {
  private var records: RecordReader
  /// What makes rows of the records.
  let rows: RecordRows
  /// Bytes of the fields read so far, decompressed.
  var fieldBytes: Int { records.fieldBytes }

  /// - Parameter rowLimit: How long a record may be, in bytes.
  /// - Throws: `DatasetsError.malformedSource` where the header is missing, unreadable or names a
  ///   column twice.
  public init(_ path: FilePath, _ options: TableOptions = .csv, rowLimit: Int = 16 << 20)
    throws(DatasetsError)
  {
    try self.init(try ByteStream(path), options, rowLimit: rowLimit)
  }

  init(_ stream: ByteStream, _ options: TableOptions = .csv, rowLimit: Int = 16 << 20)
    throws(DatasetsError)
  {
    var records = RecordReader(stream, options, limit: rowLimit)
    let header: TableHeader
    if let columns = options.columns {
      header = try TableReader.checked(stream.path) { () throws(RowDefect) in
        try TableHeader(columns)
      }
    } else {
      let first = try records.header()
      header = try TableReader.checked(stream.path) { () throws(RowDefect) in
        try TableHeader(first)
      }
    }
    self.init(records, header, options.typing)
  }

  /// A reader of what follows the header.
  init(_ records: consuming RecordReader, _ header: TableHeader, _ typing: TableOptions.Typing) {
    self.records = records
    rows = RecordRows(header, typing)
  }

  public mutating func next() throws(DatasetsError) -> Row? {
    guard let record = try records.next() else { return nil }
    let row = rows.row(of: record)
    guard case .failure(let defect) = row.content else { return row }
    return Row(line: record.line, bytes: records.written(), defect: defect)
  }

  /// The next record, of which `rows` makes a row.
  mutating func nextRecord() throws(DatasetsError) -> RecordReader.Record? { try records.next() }

  private static func checked(
    _ path: FilePath, _ header: () throws(RowDefect) -> TableHeader
  ) throws(DatasetsError) -> TableHeader {
    do throws(RowDefect) {
      return try header()
    } catch {
      throw .malformedSource(path: path.string, line: error.line, reason: error.reason)
    }
  }
}
