import GRDB
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An open SQLite file of the store, `registry.db` or `feedback.db`, with SQLite's failures in the
/// registry's words.
struct Catalog: Sendable {
  /// Whether nothing can be written: a read-only medium, or another user's store.
  let isReadOnly: Bool
  /// The file.
  var path: FilePath { place.path }
  private let place: Place
  private let database: any DatabaseWriter

  /// - Parameters:
  ///   - path: the file, which is made where it is missing.
  ///   - root: the folder of the store.
  ///   - overwrites: whether what is deleted is overwritten with zeros.
  /// - Throws: `registry.system`, `registry.catalog_damaged`.
  init(_ path: FilePath, in root: FilePath, overwrites: Bool = false) throws {
    place = Place(path: path, root: root)
    isReadOnly = try FileSystem.status(path) != nil && !place.isWritable
    let isReadOnly = isReadOnly
    database = try place.namingFailures { () throws -> any DatabaseWriter in
      guard isReadOnly else {
        return try DatabasePool(
          path: path.string, configuration: Catalog.configuration(overwrites: overwrites))
      }
      return try DatabaseQueue(
        path: try Catalog.readOnlyAddress(path), configuration: Catalog.readOnlyConfiguration)
    }
  }

  /// Makes a file with tables; where there is one already, its tables are brought up to date.
  ///
  /// - Throws: as `init`.
  static func make(_ path: FilePath, in root: FilePath, by migrator: DatabaseMigrator) throws {
    try Place(path: path, root: root).namingFailures {
      let database = try DatabaseQueue(
        path: path.string, configuration: configuration(overwrites: false))
      try migrator.migrate(database)
      try database.close()
    }
  }

  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try place.namingFailures { try database.read(body) }
  }

  /// One transaction, on the disk when this returns.
  ///
  /// - Throws: `registry.read_only`.
  func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
    guard !isReadOnly else { throw RegistryError.readOnly(place.root) }
    return try place.namingFailures { try database.write(body) }
  }

  /// - Throws: `registry.read_only`.
  func writeWithoutTransaction(_ body: (Database) throws -> Void) throws {
    guard !isReadOnly else { throw RegistryError.readOnly(place.root) }
    try place.namingFailures { try database.writeWithoutTransaction(body) }
  }

  /// - Throws: `registry.read_only`.
  func migrate(by migrator: DatabaseMigrator) throws {
    guard !isReadOnly else { throw RegistryError.readOnly(place.root) }
    try place.namingFailures { try migrator.migrate(database) }
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

  private static func configuration(overwrites: Bool) -> Configuration {
    var configuration = Configuration()
    configuration.label = "mlops.registry"
    // Longer than any transaction here takes, however many processes queue up.
    configuration.busyMode = .timeout(120)
    configuration.maximumReaderCount = 4
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA synchronous = FULL")
      if overwrites { try database.execute(sql: "PRAGMA secure_delete = ON") }
    }
    return configuration
  }

  private static let readOnlyConfiguration: Configuration = {
    var configuration = Configuration()
    configuration.label = "mlops.registry"
    configuration.busyMode = .timeout(120)
    configuration.readonly = true
    return configuration
  }()
}

/// Where an SQLite file is, for messages.
private struct Place {
  let path: FilePath
  let root: FilePath

  var isWritable: Bool { access(root.string, W_OK) == 0 && access(path.string, W_OK) == 0 }

  func namingFailures<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw failure(error)
    }
  }

  private func failure(_ error: DatabaseError) -> any Error {
    switch error.resultCode {
    case .SQLITE_READONLY: RegistryError.readOnly(root)
    case .SQLITE_FULL: RegistryError.system(operation: "write", path: path, error: .noSpace)
    case .SQLITE_IOERR: RegistryError.system(operation: "use", path: path, error: .ioError)
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
      RegistryError.system(operation: "open", path: path, error: .permissionDenied)
    case .SQLITE_CORRUPT, .SQLITE_NOTADB:
      RegistryError.catalogDamaged(
        reason: "\(path.lastComponent?.string ?? ""): \(error.message ?? "SQLite cannot read it").")
    default: error
    }
  }
}
