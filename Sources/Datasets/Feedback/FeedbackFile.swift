public import MLOpsCore
public import SystemPackage

/// Reads files of feedback: NDJSON, arrays, tables; compressed or not.
public struct FeedbackFile: Sendable {
  private let intake: FeedbackIntake
  private let maxErrors: Int

  /// - Parameter maxErrors: how many violations are described; all invalid rows are counted.
  public init(_ intake: FeedbackIntake, maxErrors: Int = 20) {
    self.intake = intake
    self.maxErrors = maxErrors
  }

  /// Answers of tables are texts, even where they look like numbers.
  private static let columns = ColumnTypings(
    texts: .declared(["consent": TableTyping(types: ["boolean", "null"])]))

  /// What was read: every row is a record or invalid.
  public struct Content: Sendable {
    public internal(set) var records: [FeedbackIntake.Taken] = []
    public internal(set) var rows = 0
    public internal(set) var invalid = 0
    public internal(set) var violations: [LocatedViolation] = []
  }

  /// - Throws: `datasets.file_failed` and what else reading rows does; invalid rows are no error.
  public func read(_ file: FilePath, progress: ProgressHandler? = nil) throws(DatasetsError)
    -> Content
  {
    var content = Content()
    var reader = try SourceReader(RowInput(file), FeedbackFile.columns)
    while let row = try reader.next() {
      content.rows += 1
      switch try intake.take(row, of: file.string) {
      case .success(let taken): content.records.append(taken)
      case .failure(let refusal):
        content.invalid += 1
        content.violations += refusal.violations.prefix(maxErrors - content.violations.count)
      }
      if content.rows % 1024 == 0 {
        progress?(
          ProgressUpdate(label: "reading", done: Int64(content.rows), total: nil, unit: "rows"))
      }
    }
    return content
  }
}
