public import SystemPackage
import JSON

/// Reads a table: one record a row, an object whose members are named by the header.
///
/// Memory is bounded by the longest record. A record that cannot be a row (too many fields, bytes
/// that are not UTF-8, a quote that never ends) becomes a defective row, and the next is read.
///
/// - SeeAlso: RFC 4180.
public struct TableReader: ~Copyable, RowSource {
  private var records: RecordReader
  private let columns: [String]
  private let typings: [TableTyping?]

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
    let path = stream.path
    var records = RecordReader(stream, options, limit: rowLimit)
    var columns = options.columns ?? []
    if options.columns == nil { columns = try TableReader.header(&records, path) }
    var seen: Set<String> = []
    for column in columns where !seen.insert(column).inserted {
      throw .malformedSource(
        path: path.string, line: 1, reason: "the header names the column '\(column)' twice")
    }
    typings = columns.map { column in
      switch options.typing {
      case .text: nil
      case .guessed: .guessed
      case .declared(let typings): typings[column]
      }
    }
    self.records = records
    self.columns = columns
  }

  public mutating func next() throws(DatasetsError) -> Row? {
    guard let record = try records.next() else { return nil }
    if let defect = record.defect {
      return Row(line: record.line, bytes: record.bytes, defect: defect)
    }
    guard record.fields.count == columns.count else {
      return Row(
        line: record.line, bytes: record.bytes,
        defect: "expected \(columns.count) fields, found \(record.fields.count)")
    }
    var members: [String: JSONValue] = [:]
    for (index, range) in record.fields.enumerated() {
      guard let text = String(validating: record.bytes[range], as: UTF8.self) else {
        return Row(
          line: record.line, bytes: record.bytes,
          defect: "the column '\(columns[index])' is not valid UTF-8")
      }
      members[columns[index]] = typings[index]?.value(of: text) ?? .string(text)
    }
    return Row(line: record.line, value: .object(members))
  }

  private static func header(_ records: inout RecordReader, _ path: FilePath)
    throws(DatasetsError) -> [String]
  {
    guard let record = try records.next() else {
      throw .malformedSource(path: path.string, line: 1, reason: "a table begins with a header")
    }
    if let defect = record.defect {
      throw .malformedSource(path: path.string, line: record.line, reason: defect)
    }
    var columns: [String] = []
    for range in record.fields {
      guard let name = String(validating: record.bytes[range], as: UTF8.self), !name.isEmpty else {
        throw .malformedSource(
          path: path.string, line: record.line,
          reason: "the name of column \(columns.count + 1) is empty or not valid UTF-8")
      }
      columns.append(name)
    }
    return columns
  }
}
