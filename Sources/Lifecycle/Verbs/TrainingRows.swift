import Datasets
import JSON
import MLOpsCore
import ModelRegistry
import Training

/// Turns the rows of a dataset into training examples.
struct TrainingRows: Sendable {
  let registry: Registry
  let records: RecordConversation
  let method: TrainingMethod.Name

  /// - Throws: `LifecycleError` with code `lifecycle.bad_row`, `DatasetsError`, `RegistryError`.
  func examples(of data: VersionRecord) throws -> [TrainingExample] {
    var examples: [TrainingExample] = []
    for file in RowFiles.rows(of: data) {
      var rows = try NDJSONReader(try registry.stored(file).path)
      while let row = try rows.next() {
        func bad(_ reason: String) -> LifecycleError {
          .badRow(file: "\(data.label)/\(file.path)", line: row.line, reason: reason)
        }
        switch row.content {
        case .failure(let defect): throw bad("\(defect.reason) (column \(defect.column))")
        case .success(let value):
          do {
            // A record has one answer, which says nothing of others.
            let lesson = method == .sft ? try records.row(value) : value
            examples.append(try TrainingExample(row: lesson, number: row.line, method: method))
          } catch {
            throw bad(FailureReport(error).message)
          }
        }
      }
    }
    guard !examples.isEmpty else { throw LifecycleError.noRows(data.label) }
    return examples
  }
}
