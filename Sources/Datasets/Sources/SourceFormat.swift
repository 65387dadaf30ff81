public import SystemPackage

/// How rows are written in a file, or in a folder.
public enum SourceFormat: Sendable, Equatable {
  /// One JSON value a line.
  case ndjson
  /// One array of rows, or one value that is the only row.
  case json
  /// A table.
  case table(TableOptions)
  /// A folder whose files are rows.
  case texts(TextFolderOptions)

  /// What the path says: a folder holds texts, `.csv` and `.tsv` are tables with a header, and
  /// anything else is JSON of the shape that its name and first bytes say.
  public init(of path: FilePath) throws(DatasetsError) {
    if try Files.isFolder(path) {
      self = .texts(TextFolderOptions())
      return
    }
    switch path.extension?.lowercased() {
    case "csv": self = .table(.csv)
    case "tsv", "tab": self = .table(.tsv)
    default: self = try RowReader.isDelimited(path) ? .ndjson : .json
    }
  }
}

/// Reads rows of any format.
public struct SourceReader: ~Copyable, RowSource {
  private var lines: NDJSONReader?
  private var document: JSONDocumentReader?
  private var table: TableReader?
  private var texts: TextFolderReader?

  /// - Parameters:
  ///   - format: nil for what the path says.
  ///   - lineLimit: How long a row may be, in bytes; longer ones become defective rows.
  public init(_ path: FilePath, format: SourceFormat? = nil, lineLimit: Int = 16 << 20)
    throws(DatasetsError)
  {
    lines = nil
    document = nil
    table = nil
    texts = nil
    var known = format
    if known == nil { known = try SourceFormat(of: path) }
    switch known ?? .ndjson {
    case .ndjson: lines = try NDJSONReader(path, lineLimit: lineLimit)
    case .json: document = try JSONDocumentReader(path, rowLimit: lineLimit)
    case .table(let options): table = try TableReader(path, options, rowLimit: lineLimit)
    case .texts(let options): texts = try TextFolderReader(path, options, fileLimit: lineLimit)
    }
  }

  public mutating func next() throws(DatasetsError) -> Row? {
    if let row = try SourceReader.next(of: &lines) { return row }
    if let row = try SourceReader.next(of: &document) { return row }
    if let row = try SourceReader.next(of: &table) { return row }
    return try SourceReader.next(of: &texts)
  }

  /// Takes the reader out while it reads: an optional's value cannot be changed in place with typed
  /// errors. One that fails is not put back, so reading ends there.
  private static func next<Reader: RowSource & ~Copyable>(of place: inout Reader?)
    throws(DatasetsError) -> Row?
  {
    guard var reader = place.take() else { return nil }
    let row = try reader.next()
    place = consume reader
    return row
  }
}
