public import JSON
public import MLOpsCore
public import SystemPackage

/// Makes a dataset to learn from of feedback, and of datasets that are merged in.
///
/// Rows of datasets are judgements too, older than all feedback, so that one rule decides what people
/// and datasets contradict each other in. The same feedback, datasets and options give the same bytes.
public struct FeedbackBuild {
  private let options: FeedbackBuildOptions
  private let records: RecordConversation
  private var questions: [Conversation: Question] = [:]
  private var order: [Conversation] = []
  private var merged: [(conversation: Conversation, lesson: Lesson)] = []
  private var report = FeedbackBuildReport()
  /// Labels, and those that the given order of members fits.
  private var labels = (all: 0, ordered: 0)

  /// - Parameters:
  ///   - prompt: makes questions of records; nil where questions are texts or turns.
  ///   - answer: the field of merged records that is the answer; see `RecordConversation`.
  public init(_ options: FeedbackBuildOptions, prompt: PromptTemplate? = nil, answer: String? = nil)
  {
    self.options = options
    records = RecordConversation(prompt: prompt, answer: answer, labelKeys: options.labelKeys)
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
    guard question.take(entry, text: { records.text($0) }) else {
      report.unusable["records that judge no answer", default: 0] += 1
      return
    }
    if isNew { order.append(conversation) }
    questions[conversation] = question
    count([entry.record.corrected, entry.record.output, entry.record.preference?.chosen])
  }

  /// Notes records that were not handed in, since their people do not allow training.
  public mutating func noteWithoutConsent(_ count: Int) {
    report.records += count
    report.withoutConsent += count
  }

  /// Takes the rows of a dataset.
  ///
  /// - Parameters:
  ///   - name: what the dataset is called in messages.
  ///   - digest: what it is called in `sources.ndjson`.
  ///   - origins: of each row, where it comes from as `sources.ndjson` says it; where that is known, it
  ///     stands for the row itself.
  ///   - leavesOut: the lines, from 1, of rows that are not taken: their feedback was forgotten.
  /// - Throws: `datasets.malformed_example` for a row that the method cannot use, and what reading
  ///   rows throws.
  public mutating func merge(
    _ file: FilePath, name: String, digest: Digest, origins: [Int: [Digest]] = [:],
    leavesOut: Set<Int> = []
  ) throws(DatasetsError) {
    var reader = try SourceReader(file)
    while let row = try reader.next() {
      guard !leavesOut.contains(row.line) else {
        report.forgotten += 1
        continue
      }
      do throws(DatasetsError) {
        guard case .success(let value) = row.content else {
          throw DatasetsError.unfitRecord(reason: "it is no JSON")
        }
        let source = Vote.Source.row(dataset: digest.description, line: row.line)
        let example = try records.row(value)
        let label = RecordConversation.isExample(value) ? nil : try records.answer(of: value)
        guard
          let made = MergedRow(
            example, of: value, label: label, for: options.method, source: source)
        else {
          throw DatasetsError.unfitRecord(reason: "expected \(options.method.rowForm)")
        }
        take(made, origins[row.line] ?? [])
        count([label])
      } catch {
        let reason = error.message
        throw .malformedExample(
          path: name, line: row.line,
          reason: reason.hasSuffix(".") ? String(reason.dropLast()) : reason)
      }
    }
  }

  private mutating func take(_ row: MergedRow, _ origins: [Digest]) {
    if questions[row.conversation] == nil { order.append(row.conversation) }
    var question = questions[row.conversation] ?? Question(row.conversation, input: row.input)
    merged.append((row.conversation, row.lesson))
    // Older than all feedback, and in the order of the rows.
    question.take(row, origins: origins, sequence: Int64(merged.count))
    questions[row.conversation] = question
  }

  private mutating func count(_ values: [JSONValue?]) {
    guard !options.labelKeys.isEmpty else { return }
    for value in values {
      guard let value, value.object != nil else { continue }
      labels.all += 1
      if LabelText.text(value, keys: options.labelKeys) != nil { labels.ordered += 1 }
    }
  }

  /// A dataset's rows, where each comes from, and what people contradicted each other in.
  public struct Built: Sendable {
    public let rows: [JSONValue]
    /// `{"feedback": [digest, …], "rows": [{"dataset", "line"}, …]}`, for each row.
    public let sources: [JSONValue]
    /// `{"question", "kept", "votes"}`
    public let conflicts: [JSONValue]
    public let report: FeedbackBuildReport
  }

  /// Makes the dataset of everything that was taken.
  ///
  /// - Throws: `datasets.nothing_to_learn` where there is no row; `datasets.malformed_setting` for an
  ///   order of members that fits no label, and a class that no row has.
  public func finish() throws(DatasetsError) -> Built {
    guard labels.all == 0 || labels.ordered > 0 else {
      throw .malformedSetting(
        place: "label keys", expected: "the members of the labels",
        found: options.labelKeys.joined(separator: ", "), suggestion: nil)
    }
    var report = report
    var conflicts: [JSONValue] = []
    var rows: [BuiltRow] = []
    let resolver = ConflictResolver(policy: options.conflicts, raters: options.raters)
    report.questions = order.count
    report.merged = merged.count
    for conversation in order {
      guard let question = questions[conversation] else { continue }
      let lessons = Lessons(options.method, question, resolver)
      report.revised += lessons.revised
      if let conflict = lessons.conflict { conflicts.append(conflict) }
      rows += lessons.rows
      if lessons.rows.isEmpty { report.unanswered[options.method.nothing, default: 0] += 1 }
    }
    report.conflicts = conflicts.count
    let kept = Set(rows.map { KeptLesson(conversation: $0.conversation, lesson: $0.lesson) })
    report.replaced = merged.count {
      !kept.contains(KeptLesson(conversation: $0.conversation, lesson: $0.lesson))
    }
    let (balanced, balance) = try Balancer(options).apply(rows)
    if let balance {
      report.classes = balance.classes
      report.balancedAway = balance.dropped
      report.repeated = balance.repeated
    }
    guard !balanced.isEmpty else { throw .nothingToLearn(report.lines) }
    report.rows = balanced.count
    let asTurns = balanced.contains { !$0.conversation.isText }
    return Built(
      rows: balanced.map { $0.json(asTurns: asTurns) }, sources: balanced.map(\.source),
      conflicts: conflicts, report: report)
  }

  private struct KeptLesson: Hashable {
    let conversation: Conversation
    let lesson: Lesson
  }
}

extension FeedbackBuildOptions.Method {
  /// What a row of a merged dataset must be.
  fileprivate var rowForm: String {
    switch self {
    case .sft: "'messages' that end with the assistant's turn, or 'prompt' and 'completion'"
    case .dpo: "'prompt' and two different answers, 'chosen' and 'rejected'"
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
