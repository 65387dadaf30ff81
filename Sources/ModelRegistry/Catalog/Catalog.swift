import GRDB
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The open `registry.db`, with SQLite's failures in the registry's words.
struct Catalog: Sendable {
  /// Whether nothing can be written: a read-only medium, or another user's store.
  let isReadOnly: Bool
  private let layout: StoreLayout
  private let database: any DatabaseWriter

  /// - Throws: `registry.system`, `registry.catalog_damaged`.
  init(of layout: StoreLayout) throws {
    self.layout = layout
    let path = layout.database
    isReadOnly = try FileSystem.status(path) != nil && !Catalog.isWritable(layout)
    let isReadOnly = isReadOnly
    database = try layout.namingFailures { () throws -> any DatabaseWriter in
      guard isReadOnly else {
        return try DatabasePool(path: path.string, configuration: Catalog.configuration)
      }
      return try DatabaseQueue(
        path: try Catalog.readOnlyAddress(path), configuration: Catalog.readOnlyConfiguration)
    }
  }

  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try layout.namingFailures { try database.read(body) }
  }

  /// One transaction, on the disk when this returns.
  ///
  /// - Throws: `registry.read_only`.
  func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
    guard !isReadOnly else { throw RegistryError.readOnly(layout.root) }
    return try layout.namingFailures { try database.write(body) }
  }

  /// - Throws: `registry.read_only`.
  func writeWithoutTransaction(_ body: (Database) throws -> Void) throws {
    guard !isReadOnly else { throw RegistryError.readOnly(layout.root) }
    try layout.namingFailures { try database.writeWithoutTransaction(body) }
  }

  /// - Throws: `registry.read_only`.
  func migrate(by migrator: DatabaseMigrator) throws {
    guard !isReadOnly else { throw RegistryError.readOnly(layout.root) }
    try layout.namingFailures { try migrator.migrate(database) }
  }

  private static func isWritable(_ layout: StoreLayout) -> Bool {
    access(layout.root.string, W_OK) == 0 && access(layout.database.string, W_OK) == 0
  }

  /// A write-ahead log needs shared memory beside it, which cannot be made here. Where no log
  /// waits, nobody has the catalog open for writing, and it is read as a file that does not change.
  private static func readOnlyAddress(_ path: FilePath) throws -> String {
    let log = FilePath(path.string + "-wal")
    guard try (FileSystem.status(log)?.size ?? 0) == 0 else { return path.string }
    let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._~-".utf8)
    let escaped = path.string.utf8.map { byte in
      unreserved.contains(byte)
        ? String(UnicodeScalar(byte))
        : "%" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }
    return "file:\(escaped.joined())?immutable=1"
  }

  private static let configuration: Configuration = {
    var configuration = Configuration()
    configuration.label = "mlops.registry"
    // Longer than any transaction here takes, however many processes queue up.
    configuration.busyMode = .timeout(120)
    configuration.maximumReaderCount = 4
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA synchronous = FULL")
    }
    return configuration
  }()

  private static let readOnlyConfiguration: Configuration = {
    var configuration = Configuration()
    configuration.label = "mlops.registry"
    configuration.busyMode = .timeout(120)
    configuration.readonly = true
    return configuration
  }()
}

extension StoreLayout {
  fileprivate func namingFailures<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw failure(error)
    }
  }

  private func failure(_ error: DatabaseError) -> any Error {
    switch error.resultCode {
    case .SQLITE_READONLY: RegistryError.readOnly(root)
    case .SQLITE_FULL: RegistryError.system(operation: "write", path: database, error: .noSpace)
    case .SQLITE_IOERR: RegistryError.system(operation: "use", path: database, error: .ioError)
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
      RegistryError.system(operation: "open", path: database, error: .permissionDenied)
    case .SQLITE_CORRUPT, .SQLITE_NOTADB:
      RegistryError.catalogDamaged(reason: "\(error.message ?? "SQLite cannot read it").")
    default: error
    }
  }
}
