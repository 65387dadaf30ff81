import Datasets
import JSON
import MLOpsCore
import ModelRegistry
import SystemPackage
import Training

/// Turns the rows of a dataset into training examples.
struct TrainingRows: Sendable {
  let registry: Registry
  let records: RecordConversation

  /// - Throws: `LifecycleError` with code `lifecycle.bad_row`, `DatasetsError`, `RegistryError`.
  func examples(of data: VersionRecord) throws -> [TrainingExample] {
    var examples: [TrainingExample] = []
    for file in RowFiles.rows(of: data) {
      var reader = try SourceReader(try registry.file(file), format: .ndjson)
      while let row = try reader.next() {
        do {
          let record = try row.content.mapError(UnreadableRow.init).get()
          examples.append(try TrainingExample(row: try records.row(record), number: row.line))
        } catch {
          throw LifecycleError.badRow(
            file: "\(data.label)/\(file.path)", line: row.line,
            reason: FailureReport(error).message)
        }
      }
    }
    guard !examples.isEmpty else { throw LifecycleError.noRows(data.label) }
    return examples
  }
}

/// A row that is no JSON.
private struct UnreadableRow: Failure {
  let defect: RowDefect

  var code: String { "lifecycle.bad_row" }
  var kind: FailureKind { .invalidInput }
  var message: String { "expected JSON, found that \(defect.reason)." }
}
