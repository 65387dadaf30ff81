import JSON
import MLOpsCore
import SystemPackage

/// What is asked of a database, and what its values mean.
public struct QueryOptions: Sendable, Equatable {
  /// One reading statement of SQL; nil for the only table of a SQLite database.
  public var query: String?
  /// By the name of the column; see `ValueTyping.declared(by:)`.
  public var typings: [String: ValueTyping]

  public init(query: String? = nil, typings: [String: ValueTyping] = [:]) {
    self.query = query
    self.typings = typings
  }
}

/// Reads the answer of a SQLite database to a query, in memory bounded by the longest row.
///
/// A row's line is its place in the answer, from 1. Integers and floats keep their value, NULL is
/// null, and a BLOB that the schema does not want as base64 makes its row defective.
final class SQLiteReader: RowSource {
  private let statement: SQLiteStatement
  private let columns: ColumnSet
  private let rowLimit: Int
  private let path: FilePath
  private var number = 0

  /// - Throws: `datasets.refused_query`, `datasets.unreachable_source`, `datasets.damaged_source`.
  init(_ path: FilePath, _ options: QueryOptions, rowLimit: Int) throws(DatasetsError) {
    let database = try SQLiteDatabase(path)
    var query = options.query
    if query == nil {
      query = "SELECT * FROM \(SQLiteReader.quoted(try SQLiteReader.onlyTable(database)))"
    }
    database.allowOnlyReading()
    statement = try SQLiteStatement(query ?? "", of: database)
    columns = try ColumnSet(
      statement.columns, options.typings, rowLimit: rowLimit, source: path.string)
    self.path = path
    self.rowLimit = rowLimit
  }

  func next() throws(DatasetsError) -> Row? {
    guard try statement.step() else { return nil }
    number += 1
    if number % 1024 == 0, Task.isCancelled { throw .interrupted(path.string) }
    return columns.row(number) { statement.cell($0, limit: rowLimit) }
  }

  /// - Throws: `datasets.refused_query` with the tables where there is not exactly one.
  private static func onlyTable(_ database: SQLiteDatabase) throws(DatasetsError) -> String {
    let statement = try SQLiteStatement(
      """
      SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual') \
      AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name
      """, of: database)
    var names: [String] = []
    while try statement.step() {
      guard case .value(.string(let name)) = statement.cell(0, limit: 1 << 20) else { continue }
      names.append(name)
    }
    guard let first = names.first else {
      throw .sourceFailed(
        .refusedQuery, source: database.path.string, reason: "it has no tables", advice: nil)
    }
    if names.count == 1 { return first }
    var shown: [String] = []
    for name in names.prefix(20) { shown.append("\(name) (\(try rows(name, database)))") }
    if names.count > shown.count { shown.append("…") }
    throw .sourceFailed(
      .refusedQuery, source: database.path.string,
      reason: "it has \(names.count) tables: \(shown.joined(separator: ", "))",
      advice: "Say which rows are wanted: --query 'SELECT * FROM \(quoted(first)) ORDER BY 1'.")
  }

  private static func rows(_ table: String, _ database: SQLiteDatabase) throws(DatasetsError)
    -> String
  {
    let statement = try SQLiteStatement("SELECT count(*) FROM \(quoted(table))", of: database)
    guard try statement.step(), case .value(let value) = statement.cell(0, limit: 64),
      let count = value.int
    else { return "no rows" }
    return Quantity.count(Int64(count), of: "row")
  }

  private static func quoted(_ name: String) -> String {
    "\"\(name.replacing("\"", with: "\"\""))\""
  }
}
