import Foundation
import GRDB
import MLOpsCore
import Synchronization
public import SystemPackage

/// A store of immutable, content-addressed versions, and the pointers into it.
///
/// Every method blocks on files or SQLite: call them away from the cooperative thread pool. One
/// instance may be used by many threads, and one store by many processes at once.
public final class Registry: Sendable {
  /// The folder of the store: `blobs/`, `registry.db`, `history.git/` and `tmp/`.
  public let root: FilePath
  /// Who makes the changes that this instance makes; found out with the first change, since asking
  /// git costs a reader more than all its reading.
  public var author: Author {
    lazyAuthor.withLock { author in
      if let known = author { return known }
      let found = findAuthor()
      author = found
      return found
    }
  }
  private let lazyAuthor = Mutex<Author?>(nil)
  private let findAuthor: @Sendable () -> Author

  let layout: StoreLayout
  let catalog: Catalog
  var blobs: BlobStore { BlobStore(layout: layout) }

  private init(layout: StoreLayout, author: @escaping @Sendable () -> Author) throws {
    self.layout = layout
    findAuthor = author
    root = layout.root
    catalog = try Catalog(layout.database, in: layout.root)
  }

  /// Makes an empty store.
  ///
  /// A store whose making was interrupted is completed.
  /// - Throws: `registry.exists` where there is one.
  public static func create(
    at root: FilePath, author: @autoclosure @escaping @Sendable () -> Author
  ) throws -> Registry {
    let layout = StoreLayout(root: root)
    if try FileSystem.status(layout.database) != nil {
      let found = try Registry(layout: layout, author: author)
      guard try found.format() == 0 else { throw RegistryError.storeExists(root) }
    }
    try FileSystem.makeFolders(layout.blobs)
    try FileSystem.makeFolders(layout.staging)
    let registry = try Registry(layout: layout, author: author)
    try registry.migrate()
    try FileSystem.synchroniseFolder(root)
    registry.catchUpHistory()
    return registry
  }

  /// Opens a store, and writes what is missing in its history; one on a read-only medium, or of
  /// another user, for reading only.
  ///
  /// - Throws: `registry.missing`, `registry.format_too_new`, `registry.read_only` where an older
  ///   format would have to be brought up to date first.
  public static func open(
    at root: FilePath, author: @autoclosure @escaping @Sendable () -> Author
  ) throws -> Registry {
    let layout = StoreLayout(root: root)
    guard try FileSystem.status(layout.database) != nil else {
      throw RegistryError.storeMissing(root)
    }
    let registry = try Registry(layout: layout, author: author)
    let format = try registry.format()
    guard format != 0 else { throw RegistryError.storeMissing(root) }
    guard format <= Schema.format else {
      throw RegistryError.formatTooNew(root, found: format, supported: Schema.format)
    }
    if format < Schema.format { try registry.migrate() }
    registry.catchUpHistory()
    return registry
  }

  /// The catalog's format; 0 where its making was interrupted.
  private func format() throws -> Int {
    try read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
  }

  private func migrate() throws {
    try catalog.migrate(by: Schema.migrator)
    try write { try $0.execute(sql: "PRAGMA user_version = \(Schema.format)") }
  }

  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try catalog.read(body)
  }

  /// One transaction, without the commit in the history that `change` makes.
  func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try catalog.write(body)
  }

  /// Makes one change: a transaction that is on the disk when this returns, and then its commit
  /// in the history.
  func change<Value>(_ body: (Database) throws -> Value) throws -> Value {
    let value = try catalog.write(body)
    catchUpHistory()
    return value
  }
}
