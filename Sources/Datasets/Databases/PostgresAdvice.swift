/// What to make of PostgreSQL's error codes.
///
/// - SeeAlso: https://www.postgresql.org/docs/current/errcodes-appendix.html
enum PostgresAdvice {
  /// - Parameter state: five signs, the first two the class.
  static func fault(of state: String) -> SourceFault {
    // That a value was left open ($1) is told as a mistake in talking to the server.
    if state == "08P01" { return .refusedQuery }
    switch state.prefix(2) {
    // What cannot be computed, syntax and names, forms of a query that a cursor refuses.
    case "22", "25", "26", "34", "42", "0A": return .refusedQuery
    default: return .unreachableSource
    }
  }

  static func advice(for state: String) -> String? {
    switch state {
    case "08P01": "Write every value into the query: nothing fills $1."
    case "25006": "The connection reads only: leave out what changes the database."
    case "42501": "Ask the owner of the table for the right to SELECT from it."
    case "42601": "Expected one statement that reads: SELECT … FROM … ORDER BY …."
    case "57014": "The server stopped the query; is its statement_timeout too short?"
    default: nil
    }
  }
}
