public import JSON

/// Makes a suite of a task file of EleutherAI's lm-evaluation-harness: every prompt is rendered, with
/// its examples, as that program (0.4.13) would give it to a model without a chat template.
public struct HarnessImport {
  /// What the importer may be told.
  public struct Options: Sendable {
    /// How many examples stand before each question; nil for what the task says, else none.
    public var fewshot: Int?
    /// How many documents are taken, from the first; nil for all.
    public var limit: Int?
    /// The name of a pipeline of `filter_list`; nil for the first.
    public var filter: String?
    /// Of the generator that draws examples; `fewshot_random_seed` there.
    public var seed = 1234

    public init() {}
  }

  private let settings: HarnessSettings
  private let task: HarnessTask
  /// Where the rows are.
  public let data: HarnessData

  /// - Parameters:
  ///   - file: the task file.
  ///   - read: the text of a file.
  ///   - resolve: the path of an included file, from its name and the including file's path.
  /// - Throws: `evaluation.invalid_suite`, naming file, line and column.
  public init(
    file: String, read: (String) throws(EvaluationError) -> String,
    resolve: (_ name: String, _ from: String) -> String
  ) throws(EvaluationError) {
    settings = try HarnessSettings(file: file, read: read, resolve: resolve)
    task = try HarnessTask(settings)
    data = try HarnessData(settings)
  }

  /// The task's name.
  public var name: String { task.name }

  /// The suite.
  ///
  /// - Parameter rows: The rows of a split, in their order.
  /// - Throws: `evaluation.invalid_suite`; what `rows` throws.
  public func suite(_ options: Options, rows: (_ split: String) throws -> [JSONValue]) throws
    -> ImportedSuite
  {
    let questions = try HarnessSplit(task.split, rows: rows(task.split), file: settings.file)
    guard !questions.documents.isEmpty else {
      throw fault("the split '\(task.split)' has no rows")
    }
    var notes = task.notes
    let count = examples(options, &notes)
    var pool: [HarnessDocument] = []
    if count > 0 {
      if let inline = task.examples.inline {
        pool = inline.documents
      } else if let split = task.examples.split {
        pool =
          split == task.split
          ? questions.documents
          : try HarnessSplit(split, rows: rows(split), file: settings.file).documents
      }
    }
    var writer = HarnessPrompts(
      task: task, columns: questions.columns, count: count,
      sampler: HarnessSampler(task.examples.sampler, pool: pool, seed: options.seed),
      poolSize: pool.count, settings: settings)
    let scoring = try HarnessScoring(settings, task.output)
    let answers = try HarnessAnswers(task, questions, settings, scoring)
    var cases: [JSONValue] = []
    for document in questions.documents.prefix(options.limit ?? .max) {
      var fields = try answers.fields(of: document)
      fields["id"] = .string("\(task.split)-\(document.number)")
      if task.output != .rolling { fields["context"] = .string(try writer.prompt(document)) }
      cases.append(.object(fields))
    }
    let file = try HarnessSuiteFile(task, settings, scoring, answers, cases, filter: options.filter)
    return ImportedSuite(
      name: task.name, yaml: file.yaml, cases: cases, examples: count,
      notes: notes + scoring.notes + file.notes)
  }

  private func fault(_ reason: String) -> EvaluationError {
    .invalidSuite(file: settings.file, line: nil, column: nil, reason: reason)
  }

  private func examples(_ options: Options, _ notes: inout [String]) -> Int {
    guard let asked = options.fewshot else { return task.examples.count ?? 0 }
    if task.examples.count == 0, asked > 0 {
      notes.append("'num_fewshot: 0' gives way to --fewshot \(asked); lm-eval would keep 0")
    }
    return asked
  }
}

/// A suite that was made of something else.
public struct ImportedSuite: Sendable {
  public let name: String
  /// The text of `suite.yaml`, whose data is `cases.ndjson`.
  public let yaml: String
  /// The rows of `cases.ndjson`.
  public let cases: [JSONValue]
  /// How many examples stand before each question.
  public let examples: Int
  /// What was ignored or is said differently, a line each.
  public let notes: [String]
}
