import Datasets
import JSON
import MLOpsCore
import ModelRegistry
import Training

/// Turns the rows of a dataset into training examples.
struct TrainingRows: Sendable {
  let registry: Registry
  let prompt: PromptTemplate?
  /// The field with the answer; found by itself where nil.
  let answer: String?
  let method: TrainingMethod.Name

  /// - Throws: `LifecycleError` with code `lifecycle.bad_row`, or `lifecycle.bad_option` where a prompt or
  ///   the field of an answer was named and no row is a record; `DatasetsError`, `RegistryError`.
  func examples(of data: VersionRecord) throws -> [TrainingExample] {
    var (examples, records) = ([TrainingExample](), 0)
    for file in RowFiles.rows(of: data) {
      var rows = try NDJSONReader(try registry.stored(file).path)
      while let row = try rows.next() {
        func bad(_ reason: String, advice: String? = nil) -> LifecycleError {
          .badRow(
            file: "\(data.label)/\(file.path)", line: row.line, reason: reason, advice: advice)
        }
        switch row.content {
        case .failure(let defect):
          throw bad(
            "expected JSON: \(defect.reason) (column \(defect.column)).",
            advice: "A dataset has one JSON object a line; mend this line and add the file again.")
        case .success(let value):
          do {
            let (example, isRecord) = try self.example(of: value, number: row.line)
            examples.append(example)
            if isRecord { records += 1 }
          } catch TrainingError.malformedExample(_, let reason) {
            throw bad("\(reason).", advice: Self.form(of: method))
          } catch TrainingError.wrongMethod(_, let found, let fits, _) {
            throw bad(
              "it is \(found), which --method \(fits.rawValue) learns from; the method here is "
                + "'\(method.rawValue)'.",
              advice: "Give --method \(fits.rawValue), or data of another form. "
                + Self.form(of: method))
          } catch {
            let report = FailureReport(error)
            throw bad(report.message, advice: report.advice)
          }
        }
      }
    }
    guard !examples.isEmpty else { throw LifecycleError.noRows(data.label) }
    if records == 0 { try refuseWithoutRecords(data) }
    return examples
  }

  /// A record has one answer, which says nothing of others: it is for sft alone.
  private func example(of row: JSONValue, number: Int) throws -> (TrainingExample, isRecord: Bool) {
    var lesson = row
    // What is no object, and what no prompt makes a question of, is no record.
    if method == .sft, row.object != nil {
      do {
        lesson = try RecordConversation(prompt: prompt, answer: answer).row(row)
      } catch {
        guard case .needsPrompt = error else { throw error }
        guard row["text"]?.string == nil || row["prompt"] != nil else {
          throw TrainingError.malformedExample(
            row: number,
            reason: "it is a record, with an answer beside its 'text', and no prompt makes a "
              + "question of it")
        }
      }
    }
    let example = try TrainingExample(row: lesson, number: number, method: method)
    return (example, lesson != row)
  }

  /// What was said of records would be ignored in silence.
  private func refuseWithoutRecords(_ data: VersionRecord) throws(LifecycleError) {
    for (option, isGiven) in [("prompt", prompt != nil), ("answer", answer != nil)] where isGiven {
      throw .badOption(
        option,
        reason: "it is for records, and every row of '\(data.label)' is a question with its answer "
          + "('messages', or 'prompt' and 'completion') already; leave it out")
    }
  }

  /// What rows look like.
  private static func form(of method: TrainingMethod.Name) -> String {
    switch method {
    case .sft:
      "A row is {\"messages\": [{\"role\", \"content\"}, …]} ending with the assistant, "
        + "{\"prompt\", \"completion\"} or {\"text\"}; of records, such as {\"question\", \"answer\"}, "
        + "--prompt makes such rows."
    case .dpo: "For dpo a row is {\"prompt\", \"chosen\", \"rejected\"}."
    case .kto: "For kto a row is {\"prompt\", \"completion\", \"label\"}, the label true or false."
    }
  }
}
