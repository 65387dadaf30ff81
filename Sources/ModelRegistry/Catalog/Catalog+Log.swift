import GRDB
import SystemPackage

extension Catalog {
  /// Opens a file that has the only copy of its records, and makes it where there is none.
  ///
  /// - Parameters:
  ///   - format: `PRAGMA user_version` of a file that this program writes.
  ///   - overwrites: whether what is deleted is overwritten with zeros.
  ///   - lost: what is thrown where the file is empty. SQLite would make a new one of it, and drop a log
  ///     beside it that still has the records.
  /// - Throws: `lost`, `registry.format_too_new`, and as `init`.
  static func log(
    _ path: FilePath, in layout: StoreLayout, by migrator: DatabaseMigrator, format: Int,
    overwrites: Bool = false, lost: RegistryError
  ) throws -> Catalog {
    if let status = try FileSystem.status(path) {
      guard status.size > 0 else { throw lost }
    } else {
      try create(path, in: layout, by: migrator)
    }
    let file = try Catalog(path, in: layout.root, overwrites: overwrites)
    let found = try file.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
    guard found > 0 else { throw lost }
    guard found <= format else {
      throw RegistryError.formatTooNew(path, found: found, supported: format)
    }
    if found < format { try file.migrate(by: migrator) }
    return file
  }
}
