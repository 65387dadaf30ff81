import JSON

/// Reads the answer of a PostgreSQL database to a query, in memory bounded by the longest row.
///
/// The query runs in a read-only transaction and as a cursor, so nothing but one SELECT, VALUES,
/// TABLE or WITH passes; rows arrive one by one. A row's line is its place in the answer, from 1.
final class PostgresReader: RowSource {
  private static let prelude = "DECLARE mlops_rows NO SCROLL CURSOR FOR "

  private let connection: PostgresConnection
  private let columns: ColumnSet
  private let types: [PostgresType]
  private let rowLimit: Int
  /// Got and not yet handed out.
  private var answer: LibPQ.Answer?
  private var number = 0

  /// - Throws: `datasets.missing_library`, `datasets.unreachable_source`, `datasets.refused_query`.
  init(_ address: PostgresAddress, _ options: QueryOptions, rowLimit: Int) throws(DatasetsError) {
    guard let query = options.query else {
      throw .sourceFailed(
        .refusedQuery, source: address.label, reason: "nothing is asked of it",
        advice: "Say which rows are wanted: --query 'SELECT … FROM … ORDER BY …'.")
    }
    // libpq would cut it there.
    guard !query.utf8.contains(0) else {
      throw .sourceFailed(
        .refusedQuery, source: address.label, reason: "the query has a NUL character", advice: nil)
    }
    let connection = try PostgresConnection(address)
    try connection.run(
      PostgresReader.prelude + query, offset: PostgresReader.prelude.unicodeScalars.count)
    try connection.stream("FETCH ALL FROM mlops_rows")
    guard let first = try connection.nextAnswer() else { throw .interrupted(address.label) }
    let (names, types) = PostgresReader.columns(of: first, connection.library)
    do throws(DatasetsError) {
      try PostgresReader.check(first, connection)
      columns = try ColumnSet(names, options.typings, rowLimit: rowLimit, source: address.label)
    } catch {
      connection.library.clear(first)
      throw error
    }
    self.connection = connection
    self.types = types
    self.rowLimit = rowLimit
    answer = first
  }

  deinit { if let answer { connection.library.clear(answer) } }

  func next() throws(DatasetsError) -> Row? {
    guard let answer else { return nil }
    let library = connection.library
    try PostgresReader.check(answer, connection)
    // The last part has columns and no row.
    guard library.rowCount(answer) > 0 else { return nil }
    number += 1
    let row = columns.row(number) { index in
      let column = CInt(index)
      guard library.isNull(answer, 0, column) == 0 else { return .value(.null) }
      let length = Int(library.length(answer, 0, column))
      guard length <= rowLimit else { return .tooLong(length) }
      return types[index].cell(
        UnsafeRawBufferPointer(start: library.value(answer, 0, column), count: length))
    }
    library.clear(answer)
    self.answer = nil
    self.answer = try connection.nextAnswer()
    return row
  }

  private static func columns(of answer: LibPQ.Answer, _ library: LibPQ) -> (
    [String], [PostgresType]
  ) {
    let indexes = 0..<library.columnCount(answer)
    return (
      indexes.map { index in library.columnName(answer, index).map { String(cString: $0) } ?? "" },
      indexes.map { PostgresType(identifier: library.columnType(answer, $0)) }
    )
  }

  private static func check(_ answer: LibPQ.Answer, _ connection: PostgresConnection)
    throws(DatasetsError)
  {
    let status = connection.library.answerStatus(answer)
    guard status == LibPQ.Status.singleTuple || status == LibPQ.Status.tuplesOK else {
      throw connection.failure(of: answer, offset: 0)
    }
  }
}
