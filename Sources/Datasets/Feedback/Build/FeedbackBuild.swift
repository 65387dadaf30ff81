public import JSON
public import MLOpsCore
public import SystemPackage

/// Makes a dataset to learn from of feedback, and of datasets that are merged in.
///
/// The same feedback, datasets and options give the same bytes.
public struct FeedbackBuild {
  private let options: FeedbackBuildOptions
  private let records: RecordConversation
  private var questions: [Conversation: Question] = [:]
  private var order: [Conversation] = []
  private var merged: [BuiltRow] = []
  private var report = FeedbackBuildReport()

  /// - Parameters:
  ///   - prompt: makes questions of records; nil where questions are texts or turns.
  ///   - answer: the field of merged records that is the answer; see `RecordConversation`.
  public init(_ options: FeedbackBuildOptions, prompt: PromptTemplate? = nil, answer: String? = nil)
  {
    self.options = options
    records = RecordConversation(prompt: prompt, answer: answer)
  }

  /// Takes a record of feedback.
  ///
  /// - Throws: `datasets.needs_prompt`, `datasets.unfit_record`.
  public mutating func add(_ entry: FeedbackEntry) throws(DatasetsError) {
    report.records += 1
    guard entry.record.consent != false else {
      report.withoutConsent += 1
      return
    }
    guard let input = entry.record.input, let conversation = try records.conversation(input) else {
      report.unusable["records without a question", default: 0] += 1
      return
    }
    let isNew = questions[conversation] == nil
    var question = questions[conversation] ?? Question(conversation, input: input)
    guard question.take(entry, text: text) else {
      report.unusable["records that judge no answer", default: 0] += 1
      return
    }
    if isNew { order.append(conversation) }
    questions[conversation] = question
  }

  /// Takes the rows of a dataset.
  ///
  /// - Parameter name: what the dataset is called in `sources.ndjson`.
  /// - Throws: `datasets.malformed_example` for a row that the method cannot use, and what reading
  ///   rows throws.
  public mutating func merge(_ file: FilePath, name: String) throws(DatasetsError) {
    var reader = try SourceReader(file)
    while let row = try reader.next() {
      let reason: String
      do throws(DatasetsError) {
        guard case .success(let value) = row.content else {
          throw DatasetsError.unfitRecord(reason: "it is no JSON")
        }
        let example = try records.row(value)
        if let built = BuiltRow(
          merged: example, for: options.method, dataset: name, line: row.line)
        {
          merged.append(built)
          continue
        }
        reason = "expected \(options.method.rowForm)"
      } catch {
        reason = error.message
      }
      throw .malformedExample(path: name, line: row.line, reason: reason)
    }
  }

  /// A dataset's rows, where each comes from, and what people contradicted each other in.
  public struct Built: Sendable {
    public let rows: [JSONValue]
    /// `{"feedback": [digest, …]}` or `{"dataset", "line"}`, for each row.
    public let sources: [JSONValue]
    /// `{"question", "kept", "votes"}`
    public let conflicts: [JSONValue]
    public let report: FeedbackBuildReport
  }

  /// Makes the dataset of everything that was taken.
  ///
  /// - Throws: `datasets.nothing_to_learn` where there is no row.
  public func finish() throws(DatasetsError) -> Built {
    var report = report
    var conflicts: [JSONValue] = []
    var lessons: [Conversation: [BuiltRow]] = [:]
    let resolver = ConflictResolver(policy: options.conflicts, raters: options.raters)
    report.questions = order.count
    for conversation in order {
      guard let question = questions[conversation] else { continue }
      let answers = Answers(question, resolver, wantsOne: options.method != .kto)
      report.revised += answers.revised
      if let conflict = answers.conflict {
        report.conflicts += 1
        conflicts.append(conflict)
      }
      let rows = Lessons(options.method, question, resolver).rows(answers)
      lessons[conversation] = rows
      if rows.isEmpty { report.unanswered[options.method.nothing, default: 0] += 1 }
    }
    var rows: [BuiltRow] = []
    report.merged = merged.count
    var placed: Set<Conversation> = []
    for row in merged {
      guard let better = lessons[row.conversation], !better.isEmpty else {
        rows.append(row)
        continue
      }
      if !better.contains(where: { $0.lesson == row.lesson }) { report.replaced += 1 }
      // What people said stands where the first row about the question stood.
      if placed.insert(row.conversation).inserted { rows += better }
    }
    for conversation in order where !placed.contains(conversation) {
      rows += lessons[conversation] ?? []
    }
    let distinct = withoutDuplicates(rows)
    report.duplicates = rows.count - distinct.count
    let (balanced, balance) = Balancer(options).apply(distinct)
    if let balance {
      report.classes = balance.classes
      report.balancedAway = balance.dropped
      report.repeated = balance.repeated
    }
    guard !balanced.isEmpty else { throw .nothingToLearn(report.lines) }
    report.rows = balanced.count
    let asTurns = balanced.contains {
      if case .turns = $0.conversation { true } else { false }
    }
    return Built(
      rows: balanced.map { $0.json(asTurns: asTurns) }, sources: balanced.map(\.source),
      conflicts: conflicts, report: report)
  }

  private func withoutDuplicates(_ rows: [BuiltRow]) -> [BuiltRow] {
    struct Key: Hashable {
      let conversation: Conversation
      let lesson: BuiltRow.Lesson
    }
    var seen: Set<Key> = []
    return rows.filter {
      seen.insert(Key(conversation: $0.conversation, lesson: $0.lesson)).inserted
    }
  }

  /// The text that a model learns of an answer.
  private func text(_ value: JSONValue) -> String {
    value.string ?? LabelText.text(value, keys: options.labelKeys) ?? value.canonical
  }
}

extension FeedbackBuildOptions.Method {
  /// What a row of a merged dataset must be.
  fileprivate var rowForm: String {
    switch self {
    case .sft: "'messages' that end with the assistant's turn, or 'prompt' and 'completion'"
    case .dpo: "'prompt', 'chosen' and 'rejected'"
    case .kto: "'prompt', 'completion' and 'label' (true or false)"
    }
  }

  /// Why a question gives no row.
  fileprivate var nothing: String {
    switch self {
    case .sft: "questions without a right answer"
    case .dpo: "questions without a better and a worse answer"
    case .kto: "questions whose answers are contested"
    }
  }
}
