public import Foundation
import GRDB
import MLOpsCore
import SystemPackage

/// What models answered, by key, so that nobody has to ask again.
///
/// It lies in `answers.db` and can be deleted at any time: all that is lost is time.
public struct AnswerCache: Sendable {
  private let file: Catalog

  init(_ layout: StoreLayout) throws {
    do {
      file = try AnswerCache.open(layout)
    } catch {
      if case .readOnly? = error as? RegistryError { throw error }
      // What cannot be read is made anew: nothing in it is the only copy.
      for suffix in ["", "-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: layout.answers.string + suffix)
      }
      file = try AnswerCache.open(layout)
    }
  }

  private static func open(_ layout: StoreLayout) throws -> Catalog {
    if (try FileSystem.status(layout.answers)?.size ?? 0) == 0 {
      try Catalog.create(layout.answers, in: layout, by: migrator)
    }
    let file = try Catalog(layout.answers, in: layout.root)
    let found = try file.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
    guard found == format else {
      throw RegistryError.formatTooNew(layout.answers, found: found, supported: format)
    }
    return file
  }

  /// The values of keys, in order; nil where there is none.
  public func values(for keys: [Data]) throws -> [Data?] {
    try file.read { database in
      let find = try database.cachedStatement(sql: "SELECT value FROM answers WHERE key = ?")
      return try keys.map { try Data.fetchOne(find, arguments: [$0]) }
    }
  }

  /// Keeps values, all or none; a key that is there has its value replaced.
  ///
  /// - Throws: `registry.read_only`, `registry.system`.
  public func keep(_ pairs: [(key: Data, value: Data)]) throws {
    try file.write { database in
      let insert = try database.cachedStatement(
        sql: "INSERT OR REPLACE INTO answers (key, value) VALUES (?, ?)")
      for pair in pairs { try insert.execute(arguments: [pair.key, pair.value]) }
    }
  }

  /// `PRAGMA user_version` of a file that this program writes.
  private static let format = 1

  private static let migrator: DatabaseMigrator = {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("v1") { database in
      try database.execute(
        sql: """
          CREATE TABLE answers (
            key BLOB PRIMARY KEY CHECK (length(key) = 32),
            value BLOB NOT NULL
          ) WITHOUT ROWID;
          PRAGMA user_version = \(format);
          """)
    }
    return migrator
  }()
}

extension Registry {
  /// The store's cache of answers; nil where there is none and none can be made.
  public func answers() throws -> AnswerCache? {
    if catalog.isReadOnly, try FileSystem.status(layout.answers) == nil { return nil }
    return try AnswerCache(layout)
  }
}
