import CSQLite
import SystemPackage

/// A SQLite database, opened so that nothing can be changed and what it brings along can do nothing.
///
/// - SeeAlso: https://sqlite.org/security.html
final class SQLiteDatabase {
  let path: FilePath
  let handle: OpaquePointer

  /// The first bytes of every database.
  static let magic = Array("SQLite format 3\0".utf8)
  /// How long somebody else's lock is waited for, in milliseconds.
  private static let patience: CInt = 5000
  /// Steps of SQLite's machine between two looks at whether the caller gave up.
  private static let stepsBetweenLooks: CInt = 100_000

  /// - Throws: `datasets.unreachable_source`.
  init(_ path: FilePath) throws(DatasetsError) {
    self.path = path
    // A name that begins with "file:" is no address.
    let name = path.isAbsolute ? path.string : "./" + path.string
    var opened: OpaquePointer?
    let result = sqlite3_open_v2(
      name, &opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
    guard let opened else {
      throw .sourceFailed(
        .unreachableSource, source: path.string, reason: "there is no memory to open it",
        advice: nil)
    }
    handle = opened
    guard result == SQLITE_OK else { throw failure() }
    sqlite3_busy_timeout(handle, SQLiteDatabase.patience)
    guard mlops_sqlite_harden(handle) != 0 else { throw failure() }
    for pragma in ["query_only = ON", "trusted_schema = OFF", "cell_size_check = ON"] {
      guard sqlite3_exec(handle, "PRAGMA \(pragma)", nil, nil, nil) == SQLITE_OK else {
        throw failure()
      }
    }
    sqlite3_progress_handler(
      handle, SQLiteDatabase.stepsBetweenLooks, { _ in Task.isCancelled ? 1 : 0 }, nil)
  }

  deinit { sqlite3_close_v2(handle) }

  /// From here on no statement opens other files, changes settings or loads code. What writes is
  /// told by the statement itself: full-text tables prepare such statements and never run them here.
  func allowOnlyReading() {
    sqlite3_set_authorizer(
      handle,
      { _, action, first, second, _, _ in
        switch action {
        case SQLITE_ATTACH, SQLITE_DETACH, SQLITE_TRANSACTION, SQLITE_SAVEPOINT: SQLITE_DENY
        // Full-text tables look at it themselves.
        case SQLITE_PRAGMA:
          first.map { String(cString: $0) } == "data_version" ? SQLITE_OK : SQLITE_DENY
        case SQLITE_FUNCTION:
          second.map { String(cString: $0) } == "load_extension" ? SQLITE_DENY : SQLITE_OK
        default: SQLITE_OK
        }
      }, nil)
  }

  /// What the last call on this database failed with.
  func failure() -> DatasetsError {
    let code = sqlite3_extended_errcode(handle)
    let reason = String(cString: sqlite3_errmsg(handle))
    let source = path.string
    switch code & 0xFF {
    case SQLITE_INTERRUPT: return .interrupted(source)
    case SQLITE_CORRUPT, SQLITE_NOTADB:
      return .sourceFailed(
        .damagedSource, source: source, reason: reason,
        advice: "'sqlite3 FILE .recover' saves what can be saved.")
    case SQLITE_AUTH, SQLITE_ERROR:
      return .sourceFailed(.refusedQuery, source: source, reason: reason, advice: nil)
    case SQLITE_BUSY, SQLITE_LOCKED:
      return .sourceFailed(
        .unreachableSource, source: source, reason: reason,
        advice: "Another program is writing to it; try again when it is done.")
    case SQLITE_CANTOPEN, SQLITE_READONLY:
      let isLog = hasWriteAheadLog
      return .sourceFailed(
        .unreachableSource, source: source,
        reason: isLog
          ? "\(reason); it keeps a write-ahead log, whose files must be made beside it, and its folder cannot be written"
          : reason,
        advice: isLog || code & 0xFF == SQLITE_READONLY
          ? "Copy it, and any -wal or -journal file beside it, to a folder that can be written."
          : nil)
    default:
      return .sourceFailed(.unreachableSource, source: source, reason: reason, advice: nil)
    }
  }

  /// Whether the header says that changes go to a write-ahead log.
  private var hasWriteAheadLog: Bool {
    guard let file = try? Files.open(path) else { return false }
    defer { try? file.close() }
    guard let head = try? Files.read(from: file, path, atMost: 20), head.count == 20 else {
      return false
    }
    return head[18] == 2 || head[19] == 2
  }
}
