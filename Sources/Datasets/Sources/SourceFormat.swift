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
  /// A SQLite database, whose rows are the answer to a query.
  case sqlite(QueryOptions)
  /// A Parquet file, with what its columns mean by name.
  case parquet([String: ValueTyping])

  /// What the path says: a folder holds texts, databases and Parquet are told by their first bytes,
  /// `.csv` and `.tsv` are tables with a header, and anything else is JSON of the shape that its name
  /// and first bytes say.
  public init(of path: FilePath) throws(DatasetsError) {
    if let folder = try SourceFormat.folder(path) {
      self = folder
    } else {
      self = try SourceFormat(of: ByteStream(path))
    }
  }

  /// Whether it is text that JSON's own reader takes.
  var isJSON: Bool { self == .ndjson || self == .json }

  static func folder(_ path: FilePath) throws(DatasetsError) -> SourceFormat? {
    guard path.string != "-", try Files.isFolder(path) else { return nil }
    return .texts(TextFolderOptions())
  }

  init(of stream: ByteStream) throws(DatasetsError) {
    let head = try stream.peek(atMost: RowShape.headSize)
    if head.starts(with: SQLiteDatabase.magic) {
      self = .sqlite(QueryOptions())
      return
    }
    if head.starts(with: ParquetReader.head)
      || RowShape.plainName(stream.path).hasSuffix(".parquet")
    {
      self = .parquet([:])
      return
    }
    switch try RowShape(of: stream) {
    case .ndjson: self = .ndjson
    case .array, .document: self = .json
    case .csv: self = .table(.csv)
    case .tsv: self = .table(.tsv)
    }
  }
}

/// Reads rows of any format.
public struct SourceReader: ~Copyable, RowSource {
  private var lines: NDJSONReader?
  private var document: JSONDocumentReader?
  private var table: TableReader?
  private var texts: TextFolderReader?
  private var answer: (any RowSource)?
  /// Symbolic links in a folder of texts, which are left out.
  private(set) var links = 0

  /// - Parameters:
  ///   - format: nil for what the path says.
  ///   - lineLimit: How long a row may be, in bytes; longer ones become defective rows.
  public init(_ path: FilePath, format: SourceFormat? = nil, lineLimit: Int = 16 << 20)
    throws(DatasetsError)
  {
    try self.init(path, format: format, lineLimit: lineLimit, stream: nil)
  }

  /// - Parameter stream: the bytes of the path from their beginning; nil to open it.
  private init(_ path: FilePath, format: SourceFormat?, lineLimit: Int, stream: ByteStream?)
    throws(DatasetsError)
  {
    lines = nil
    document = nil
    table = nil
    texts = nil
    answer = nil
    var known = format
    if known == nil { known = try SourceFormat.folder(path) }
    if case .texts(let options)? = known {
      let reader = try TextFolderReader(path, options, fileLimit: lineLimit)
      links = reader.links
      texts = consume reader
      return
    }
    // Opened once: a pipe cannot be read again.
    var open = stream
    if open == nil { open = try ByteStream(path) }
    guard let stream = open else { return }
    if known == nil { known = try SourceFormat(of: stream) }
    switch known ?? .ndjson {
    case .ndjson: lines = NDJSONReader(stream, lineLimit: lineLimit)
    case .json: document = JSONDocumentReader(stream, rowLimit: lineLimit)
    case .table(let options): table = try TableReader(stream, options, rowLimit: lineLimit)
    case .texts(let options): texts = try TextFolderReader(path, options, fileLimit: lineLimit)
    case .sqlite(let options):
      try stream.needsFile()
      answer = try SQLiteReader(path, options, rowLimit: lineLimit)
    case .parquet(let typings):
      try stream.needsFile()
      answer = try ParquetReader(path, typings, rowLimit: lineLimit)
    }
  }

  private init(_ answer: any RowSource) {
    lines = nil
    document = nil
    table = nil
    texts = nil
    self.answer = answer
  }

  /// Reads an input with what a schema says about its columns.
  public init(_ input: RowInput, _ columns: ColumnTypings, lineLimit: Int = 16 << 20)
    throws(DatasetsError)
  {
    try self.init(input, columns, lineLimit: lineLimit, stream: nil)
  }

  /// - Parameter stream: the bytes of the input's file from their beginning; nil to open it.
  init(
    _ input: RowInput, _ columns: ColumnTypings, lineLimit: Int = 16 << 20, stream: ByteStream?
  ) throws(DatasetsError) {
    switch input.place {
    case .path(let path):
      try self.init(
        path, format: try input.format(columns), lineLimit: lineLimit, stream: stream)
    case .postgres(let address):
      let options = QueryOptions(query: input.query, typings: columns.values)
      self.init(try PostgresReader(address, options, rowLimit: lineLimit))
    }
  }

  public mutating func next() throws(DatasetsError) -> Row? {
    if let row = try SourceReader.next(of: &lines) { return row }
    if let row = try SourceReader.next(of: &document) { return row }
    if let row = try SourceReader.next(of: &table) { return row }
    if let row = try SourceReader.next(of: &texts) { return row }
    return try answer?.next()
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
