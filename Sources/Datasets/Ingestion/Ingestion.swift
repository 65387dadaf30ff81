public import JSONSchema
public import MLOpsCore
public import SystemPackage
import JSON

/// Turns a file of rows into a dataset: one canonical JSON value a line.
///
/// Every row is accounted for: accepted, an exact duplicate of one before, or in quarantine. The
/// same input gives the same bytes.
public struct Ingestion: Sendable {
  private let schema: CompiledSchema
  private let validator: RecordValidator
  private let maxInvalid: Double
  private let cleaning: CleaningPipeline
  private let columns: [String: TableTyping]

  /// - Parameters:
  ///   - schema: What a row must match.
  ///   - maxInvalid: The share of invalid rows, 0 to 1, above which nothing is written.
  ///   - cleaning: What is done to valid rows before they are accepted.
  ///   - columns: What the texts of a table's columns mean; see `TableTyping.declared(by:)`.
  public init(
    schema: CompiledSchema, maxInvalid: Double = 1,
    cleaning: CleaningPipeline = CleaningPipeline([]), columns: [String: TableTyping] = [:]
  ) {
    self.schema = schema
    validator = RecordValidator(schema: schema, maxErrors: 0)
    self.maxInvalid = maxInvalid
    self.cleaning = cleaning
    self.columns = columns
  }

  /// Writes the dataset and the quarantine; neither appears unless both are whole.
  ///
  /// - Parameters:
  ///   - inputs: Read in this order.
  ///   - output: Where the accepted rows go.
  ///   - quarantine: Where `{"file","line","pointer","reason","row"}` go, one a line, with `pointer`
  ///     and `reason` of the row's first violation; rows that cleaning drops are there too, with
  ///     the `step` that did. Always written, be it empty.
  /// - Throws: `DatasetsError`: `datasets.file_failed`, `datasets.too_many_invalid`,
  ///   `datasets.no_rows`.
  public func ingest(
    _ inputs: [FilePath], output: FilePath, quarantine: FilePath, progress: ProgressHandler? = nil
  ) throws(DatasetsError) -> IngestReport {
    let sink = try FileSink(output)
    let report = try ingest(inputs, into: sink, quarantine: quarantine, progress: progress)
    try sink.commit()
    return report
  }

  /// Hands the dataset's rows to a sink, and writes the quarantine.
  ///
  /// - Parameters:
  ///   - sink: gets all accepted rows where this returns; some of them where it throws.
  ///   - quarantine: as above; does not appear where this throws.
  /// - Throws: as above, and `datasets.file_failed` for what the sink throws.
  public func ingest(
    _ inputs: [FilePath], into sink: any RowSink, quarantine: FilePath,
    progress: ProgressHandler? = nil
  ) throws(DatasetsError) -> IngestReport {
    let ledger = try IngestLedger(accepted: sink, rejected: quarantine)
    var pass = try cleaningPass(inputs, progress)
    for input in inputs {
      if try takePlain(input, into: ledger, progress) { continue }
      let file = input.lastComponent?.string ?? ""
      var reader = try SourceReader(input, format: try format(of: input))
      while let row = try reader.next() {
        let violations = validator.check(row, of: input.string)
        if violations.isEmpty {
          switch pass.clean(row) {
          case .success(let value): ledger.accept(value)
          case .failure(let dropped): ledger.drop(row, dropped, file: file)
          }
        } else {
          ledger.quarantine(row, violations, file: file)
        }
        if ledger.report.rows % 4096 == 0 {
          try ledger.flush()
          progress?(
            ProgressUpdate(
              label: "ingesting", done: Int64(ledger.report.rows), total: nil, unit: "rows"))
        }
      }
    }
    let names = inputs.map(\.string).joined(separator: "', '")
    var report = try ledger.commit { report throws(DatasetsError) in
      guard Double(report.quarantined) <= maxInvalid * Double(report.rows) else {
        throw .tooManyInvalid(
          path: names, invalid: report.quarantined, rows: report.rows, limit: maxInvalid)
      }
      guard report.accepted > 0 else { throw .noRows(path: names) }
    }
    report.cleaning = cleaning.steps.isEmpty ? nil : pass.report
    return report
  }

  /// Takes in JSON rows that nothing is done to; false for other files.
  private func takePlain(_ input: FilePath, into ledger: IngestLedger, _ progress: ProgressHandler?)
    throws(DatasetsError) -> Bool
  {
    guard cleaning.steps.isEmpty, input.string == "-" || Files.isRegular(input) else {
      return false
    }
    let stream = try ByteStream(input)
    if case .table = try SourceFormat(of: stream) { return false }
    let intake = RowIntake(schema: schema, validator: validator)
    let shape = try RowShape(of: stream)
    if shape == .document {
      try intake.takeDocument(stream, into: ledger)
    } else {
      try intake.take(stream, isArray: shape == .array, into: ledger, progress: progress)
    }
    return true
  }

  /// Steps that look for near duplicates have to see all valid rows first.
  private func cleaningPass(_ inputs: [FilePath], _ progress: ProgressHandler?)
    throws(DatasetsError) -> CleaningPass
  {
    if cleaning.steps.contains(where: { $0 is NearDuplicatesStep }) {
      for input in inputs {
        try Files.checkRereadable(input, for: "looking for near duplicates")
      }
    }
    let found = try Cleaner(cleaning).nearDuplicates(progress) { () throws(DatasetsError) in
      ValidRows(inputs, validator: validator, columns: columns)
    }
    return CleaningPass(cleaning, found)
  }

  private func format(of input: FilePath) throws(DatasetsError) -> SourceFormat? {
    try ValidRows.format(of: input, columns)
  }
}
