import ArgumentParser
import Datasets

/// `--query`, of commands that read rows.
struct QueryOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What to ask a database: one reading statement, with ORDER BY for the same rows again.",
      valueName: "SQL"))
  var query: String?

  /// - Throws: `ValidationError` where it is not clear what is asked.
  func check(_ files: [String]) throws {
    guard query == nil || files.count == 1 else {
      throw ValidationError("--query asks one database; found \(files.count) sources.")
    }
  }

  /// - Throws: `DatasetsError` for an address that cannot be read.
  func inputs(_ files: [String]) throws -> [RowInput] {
    try files.map { try RowInput($0, query: query) }
  }
}
