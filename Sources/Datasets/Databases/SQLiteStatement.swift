import CSQLite
import JSON
import SystemPackage

/// One reading statement of a database.
final class SQLiteStatement {
  private let database: SQLiteDatabase
  private let handle: OpaquePointer

  /// - Throws: `datasets.refused_query` where it is not exactly one statement that only reads and
  ///   needs no values from outside.
  init(_ query: String, of database: SQLiteDatabase) throws(DatasetsError) {
    self.database = database
    var prepared: OpaquePointer?
    var isWhole = true
    let result = query.withCString { text in
      var rest: UnsafePointer<CChar>?
      let result = sqlite3_prepare_v2(database.handle, text, -1, &prepared, &rest)
      // Comments and a last semicolon may follow: they make no statement.
      while result == SQLITE_OK, isWhole, let more = rest, more.pointee != 0 {
        var next: OpaquePointer?
        isWhole = sqlite3_prepare_v2(database.handle, more, -1, &next, &rest) == SQLITE_OK
        if next != nil { isWhole = false }
        sqlite3_finalize(next)
      }
      return result
    }
    guard result == SQLITE_OK else {
      if result & 0xFF == SQLITE_AUTH {
        throw SQLiteStatement.refused(database, "it does more than read")
      }
      throw database.failure()
    }
    guard let prepared else { throw SQLiteStatement.refused(database, "it is empty") }
    handle = prepared
    guard isWhole else { throw SQLiteStatement.refused(database, "it is more than one statement") }
    guard sqlite3_stmt_readonly(handle) != 0, sqlite3_column_count(handle) > 0 else {
      throw SQLiteStatement.refused(database, "it does more than read")
    }
    let parameters = sqlite3_bind_parameter_count(handle)
    guard parameters == 0 else {
      throw SQLiteStatement.refused(
        database, "it leaves \(parameters) of its values open ('?', ':name')")
    }
  }

  deinit { sqlite3_finalize(handle) }

  var columns: [String] {
    (0..<sqlite3_column_count(handle)).map { index in
      sqlite3_column_name(handle, index).map { String(cString: $0) } ?? ""
    }
  }

  /// Goes to the next row; false at the end.
  func step() throws(DatasetsError) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw database.failure()
    }
  }

  /// What a column of the present row has.
  ///
  /// - Parameter limit: Longer values are not copied, in bytes.
  func cell(_ index: Int, limit: Int) -> Cell {
    let column = CInt(index)
    switch sqlite3_column_type(handle, column) {
    case SQLITE_NULL: return .value(.null)
    case SQLITE_INTEGER: return .value(.integer(sqlite3_column_int64(handle, column)))
    case SQLITE_FLOAT:
      let number = sqlite3_column_double(handle, column)
      return number.isFinite
        ? .value(.double(number)) : .defect("is \(number), which JSON has no number for")
    case SQLITE_TEXT:
      // The text first: asking for it may convert the value and change its size.
      let text = sqlite3_column_text(handle, column)
      let bytes = UnsafeBufferPointer(
        start: text, count: Int(sqlite3_column_bytes(handle, column)))
      guard bytes.count <= limit else { return .tooLong(bytes.count) }
      guard let text = String(validating: bytes, as: UTF8.self) else {
        return .defect("is not valid UTF-8")
      }
      return .value(.string(text))
    default:
      let blob = sqlite3_column_blob(handle, column)
      let count = Int(sqlite3_column_bytes(handle, column))
      guard count <= limit else { return .tooLong(count) }
      return .bytes(Array(UnsafeRawBufferPointer(start: blob, count: count)))
    }
  }

  private static func refused(_ database: SQLiteDatabase, _ reason: String) -> DatasetsError {
    .sourceFailed(
      .refusedQuery, source: database.path.string, reason: "the query is refused: \(reason)",
      advice: "Expected one statement that reads: SELECT … FROM … ORDER BY ….")
  }
}
