public import JSON
public import SystemPackage

/// Turns feedback into rows for supervised fine-tuning.
public struct FeedbackRows: Sendable {
  private let configuration: FeedbackConfiguration
  private let template: PromptTemplate

  public init(_ configuration: FeedbackConfiguration) {
    self.configuration = configuration
    template = PromptTemplate(configuration.template)
  }

  /// What became of the feedback.
  public struct Report: Sendable, Equatable {
    public internal(set) var rows = 0
    /// Training rows written: one for each subject.
    public internal(set) var written = 0
    /// Rows about a subject that a later row says the same about.
    public internal(set) var repeated = 0
    /// Rows about a subject that a later row contradicts; the latest wins.
    public internal(set) var conflicts = 0
    /// Rows without a subject or with a label that is not as declared.
    public internal(set) var skipped = 0

    public var json: JSONValue {
      [
        "rows": .integer(rows), "written": .integer(written), "repeated": .integer(repeated),
        "conflicts": .integer(conflicts), "skipped": .integer(skipped),
      ]
    }
  }

  /// The training rows, in the order in which their subjects first occur.
  ///
  /// - Throws: `DatasetsError.unknownPlaceholder`.
  public func trainingRows(_ rows: [JSONValue]) throws(DatasetsError) -> ([JSONValue], Report) {
    var builder = Builder()
    for row in rows { try add(row, to: &builder) }
    builder.report.written = builder.rows.count
    return (builder.rows, builder.report)
  }

  /// Reads a file of feedback, usually an ingested dataset, and writes the training rows.
  public func write(_ input: FilePath, to output: FilePath) throws(DatasetsError) -> Report {
    var builder = Builder()
    var reader = try SourceReader(input)
    while let row = try reader.next() { try add((try? row.content.get()) ?? .null, to: &builder) }
    builder.report.written = builder.rows.count
    guard !builder.rows.isEmpty else { throw .noRows(path: input.string) }
    var file = try AtomicFile(output)
    for row in builder.rows { try file.write(line: row.canonicalBytes) }
    try file.commit()
    return builder.report
  }

  private struct Builder {
    var rows: [JSONValue] = []
    var answers: [String] = []
    var places: [JSONValue: Int] = [:]
    var report = Report()
  }

  private func add(_ row: JSONValue, to builder: inout Builder) throws(DatasetsError) {
    builder.report.rows += 1
    guard let fields = row.object, let subject = fields[configuration.subject],
      let answer = answer(fields)
    else {
      builder.report.skipped += 1
      return
    }
    let trained = trainingRow(prompt: try template.filled(from: fields), answer: answer)
    guard let place = builder.places[subject] else {
      builder.places[subject] = builder.rows.count
      builder.rows.append(trained)
      builder.answers.append(answer)
      return
    }
    if builder.answers[place].utf8.elementsEqual(answer.utf8) {
      builder.report.repeated += 1
    } else {
      builder.report.conflicts += 1
    }
    builder.rows[place] = trained
    builder.answers[place] = answer
  }

  private func answer(_ fields: [String: JSONValue]) -> String? {
    switch fields[configuration.corrected] {
    case .string(let text): text
    case .some(let label): LabelText.text(label, keys: configuration.labelKeys)
    case nil: nil
    }
  }

  private func trainingRow(prompt: String, answer: String) -> JSONValue {
    switch configuration.shape {
    case .promptCompletion: return ["prompt": .string(prompt), "completion": .string(answer)]
    case .messages:
      var messages: [JSONValue] = []
      if let system = configuration.system {
        messages.append(["role": "system", "content": .string(system)])
      }
      messages.append(["role": "user", "content": .string(prompt)])
      messages.append(["role": "assistant", "content": .string(answer)])
      return ["messages": .array(messages)]
    }
  }
}
