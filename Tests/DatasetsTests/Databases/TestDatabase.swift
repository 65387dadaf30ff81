import CSQLite
import Foundation
import SystemPackage

/// A SQLite database that a test writes.
final class TestDatabase {
  struct Failure: Error { let message: String }

  let path: FilePath
  private var handle: OpaquePointer?

  init(_ path: FilePath, _ statements: String = "") throws {
    self.path = path
    guard sqlite3_open(path.string, &handle) == SQLITE_OK else { throw failure }
    try run(statements)
  }

  deinit { sqlite3_close_v2(handle) }

  func run(_ statements: String) throws {
    guard sqlite3_exec(handle, statements, nil, nil, nil) == SQLITE_OK else { throw failure }
  }

  private var failure: Failure { Failure(message: String(cString: sqlite3_errmsg(handle))) }
}
