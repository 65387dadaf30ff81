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
  private let header: TableHeader
  private let typings: [TableTyping?]
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
    typings = header.columns.map { column in
      switch typing {
      case .text: nil
      case .guessed: .guessed
      case .declared(let typings): typings[column]
      }
    }
    self.records = records
    self.header = header
  }

  public mutating func next() throws(DatasetsError) -> Row? {
    guard let record = try records.next() else { return nil }
    if let defect = record.defect {
      return Row(line: record.line, bytes: records.written(), defect: defect)
    }
    let columns = header.columns
    guard record.fields.count == columns.count else {
      return Row(
        line: record.line, bytes: records.written(),
        defect: "expected \(columns.count) fields, found \(record.fields.count)")
    }
    var members = [String: JSONValue](minimumCapacity: columns.count)
    for (index, place) in record.places.enumerated() {
      guard let text = record.text(index) else {
        return Row(
          line: record.line, bytes: records.written(),
          defect: RowDefect(place, "the column '\(columns[index])' is not valid UTF-8"))
      }
      members[columns[index]] = typings[index]?.value(of: text) ?? .string(text)
    }
    return Row(
      line: record.line, value: .object(members), cells: RowCells(header, record.places))
  }

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
