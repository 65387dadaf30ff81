import JSON
import MLOpsCore
public import SystemPackage

/// Where rows come from: a file, a folder of texts, the standard input (`-`), or the answer of a
/// database to a query.
public struct RowInput: Sendable, Equatable {
  /// What is read.
  public enum Place: Sendable, Equatable {
    case path(FilePath)
    case postgres(PostgresAddress)
  }

  public let place: Place
  /// One reading statement of SQL; nil for the only table of a SQLite database, and for what is no
  /// database.
  public let query: String?

  public init(_ path: FilePath, query: String? = nil) {
    place = .path(path)
    self.query = query
  }

  /// A path, or the URL of a PostgreSQL database.
  ///
  /// - Throws: `datasets.refused_query` for a URL that cannot be read.
  public init(_ text: String, query: String? = nil) throws(DatasetsError) {
    place =
      PostgresAddress.isOne(text)
      ? .postgres(try PostgresAddress(text)) : .path(FilePath(text))
    self.query = query
  }

  /// Its name in messages, without password.
  public var label: String {
    switch place {
    case .path(let path): path.string
    case .postgres(let address): address.label
    }
  }

  /// Its name in a quarantine, which does not depend on where it lies.
  public var name: String {
    switch place {
    case .path(let path): path.lastComponent?.string ?? ""
    case .postgres(let address): address.database
    }
  }

  /// The file, folder or `-`; nil for a database that is no file.
  public var path: FilePath? { if case .path(let path) = place { path } else { nil } }

  /// How a file is written; nil for what its path says, and for what is no file.
  ///
  /// - Throws: `datasets.refused_query` where there is a query and no database.
  public func format(_ columns: ColumnTypings) throws(DatasetsError) -> SourceFormat? {
    guard let path else { return nil }
    // A pipe is looked at when it is read: that can be done once only.
    guard path.string != "-", Files.isRegular(path) else {
      if query != nil, Files.exists(path) || path.string == "-" { throw noDatabase }
      return nil
    }
    switch try SourceFormat(of: path) {
    case .sqlite: return .sqlite(QueryOptions(query: query, typings: columns.values))
    case _ where query != nil: throw noDatabase
    case .parquet: return .parquet(columns.values)
    case .table(var options):
      options.typing = columns.texts
      return .table(options)
    default: return nil
    }
  }

  /// Whether its values have types of their own.
  var isTyped: Bool {
    get throws(DatasetsError) {
      guard query == nil, let path else { return true }
      guard path.string != "-", Files.isRegular(path) else { return false }
      switch try SourceFormat(of: path) {
      case .sqlite, .parquet: return true
      default: return false
      }
    }
  }

  private var noDatabase: DatasetsError {
    .sourceFailed(
      .refusedQuery, source: label, reason: "a query is for a database, and this is none",
      advice: "Leave --query out, or name a SQLite file or a postgresql:// address.")
  }
}
