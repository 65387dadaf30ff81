import Foundation
import JSON
import MLOpsCore
import ModelRegistry
import SystemPackage
import Training

/// Turns the rows of a dataset into training examples.
///
/// Rows in TRL's forms (`messages`, or `prompt` and `completion`) are taken as they are. Records of
/// another form need a prompt, which makes the question of them, and a field with the answer; an
/// answer that is no string is written as canonical JSON.
struct TrainingRows: Sendable {
  let registry: Registry
  let prompt: PromptTemplate?
  let answer: String?

  /// Where an answer is looked for, in this order; what a person corrected counts most.
  private static let answerFields = ["corrected", "label", "answer"]

  /// - Throws: `LifecycleError` with code `lifecycle.bad_row`, `RegistryError`.
  func examples(of data: VersionRecord) throws -> [TrainingExample] {
    var examples: [TrainingExample] = []
    for file in data.manifest.files
    where file.mediaType == MediaType.ndjson && file.path.description != RowFiles.droppedFile {
      let content = try String(
        contentsOfFile: try registry.file(file).string, encoding: .utf8)
      var number = 0
      for line in content.split(separator: "\n", omittingEmptySubsequences: false) {
        number += 1
        guard !line.allSatisfy(\.isWhitespace) else { continue }
        do {
          examples.append(try example(JSONValue(parsing: String(line)), number))
        } catch {
          throw LifecycleError.badRow(
            file: "\(data.label)/\(file.path)", line: number,
            reason: FailureReport(error).message)
        }
      }
    }
    guard !examples.isEmpty else { throw LifecycleError.noRows(data.label) }
    return examples
  }

  private func example(_ row: JSONValue, _ number: Int) throws -> TrainingExample {
    if row["messages"] != nil || row["completion"] != nil {
      return try TrainingExample(row: row, number: number)
    }
    guard let prompt else { throw LifecycleError.needsPrompt }
    let fields = answer.map { [$0] } ?? TrainingRows.answerFields
    guard let value = fields.lazy.compactMap({ row[$0] }).first else {
      throw LifecycleError.noAnswer(fields: fields)
    }
    let turns = try prompt.messages(for: row)
    let text = value.string ?? value.canonical
    return .conversation(turns + [ChatMessage(role: .assistant, content: text)])
  }
}
