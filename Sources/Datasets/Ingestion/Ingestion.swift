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
  private let columns: ColumnTypings

  /// The step that finds rows which cleaning has made invalid, as a quarantine calls it.
  static let afterCleaning = "schema after cleaning"

  /// - Parameters:
  ///   - schema: What a row must match.
  ///   - maxInvalid: The share of invalid rows, 0 to 1, above which nothing is written.
  ///   - cleaning: What is done to valid rows before they are accepted.
  ///   - columns: What the columns of tables and databases mean.
  public init(
    schema: CompiledSchema, maxInvalid: Double = 1,
    cleaning: CleaningPipeline = CleaningPipeline([]), columns: ColumnTypings = ColumnTypings()
  ) {
    self.schema = schema
    validator = RecordValidator(schema: schema, maxErrors: 0)
    self.maxInvalid = maxInvalid
    self.cleaning = cleaning
    self.columns = columns
  }

  /// As below, for files.
  public func ingest(
    _ files: [FilePath], output: FilePath, quarantine: FilePath, progress: ProgressHandler? = nil
  ) throws(DatasetsError) -> IngestReport {
    try ingest(
      files.map { RowInput($0) }, output: output, quarantine: quarantine, progress: progress)
  }

  /// Writes the dataset and the quarantine; neither appears unless both are whole.
  ///
  /// - Parameters:
  ///   - inputs: Read in this order.
  ///   - output: Where the accepted rows go.
  ///   - quarantine: Where `{"file","line","pointer","reason","row"}` go, one a line, with `pointer`
  ///     and `reason` of the row's first violation; rows that cleaning drops are there too, with
  ///     the `step` that did, and so are rows that cleaning made invalid, as they are after it.
  ///     Always written, be it empty.
  /// - Throws: `DatasetsError`: `datasets.file_failed`, `datasets.too_many_invalid`,
  ///   `datasets.no_rows`, `datasets.interrupted`; those of a source that cannot be read.
  public func ingest(
    _ inputs: [RowInput], output: FilePath, quarantine: FilePath, progress: ProgressHandler? = nil
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
    _ inputs: [RowInput], into sink: any RowSink, quarantine: FilePath,
    progress: ProgressHandler? = nil
  ) throws(DatasetsError) -> IngestReport {
    let ledger = try IngestLedger(accepted: sink, rejected: quarantine)
    var pass = try cleaningPass(inputs, progress)
    for (input, name) in zip(inputs, InputNames.of(inputs)) {
      if let stream = try plainRows(input) {
        try takePlain(stream, name, into: ledger, progress)
        ledger.finish(name, try stream.digest())
      } else {
        let stream = try text(of: input)
        try take(
          try SourceReader(input, columns, stream: stream), of: input.label, name, &pass,
          into: ledger, progress)
        ledger.finish(name, try stream?.digest())
      }
    }
    let names = inputs.map(\.label).joined(separator: "', '")
    var report = try ledger.commit { report throws(DatasetsError) in
      guard Double(report.quarantined) <= maxInvalid * Double(report.rows) else {
        throw .tooManyInvalid(
          path: names, invalid: report.quarantined, rows: report.rows, limit: maxInvalid)
      }
      guard report.accepted > 0 else {
        throw .noRows(
          path: names,
          lost: [LostRows(.invalid, report.quarantined)].compactMap { $0 }
            + LostRows.dropped(by: pass.report), first: ledger.firstReason)
      }
    }
    report.cleaning = cleaning.steps.isEmpty ? nil : pass.report
    return report
  }

  /// The text of JSON rows that nothing is done to; nil for other inputs.
  private func plainRows(_ input: RowInput) throws(DatasetsError) -> ByteStream? {
    guard cleaning.steps.isEmpty, input.query == nil, let path = input.path,
      path.string == "-" || Files.isRegular(path)
    else { return nil }
    let stream = try ByteStream(path, isHashed: true)
    if try SourceFormat(of: stream).isJSON { return stream }
    // What came through a pipe cannot be opened again.
    if path.string == "-" { try stream.needsFile() }
    return nil
  }

  private func takePlain(
    _ stream: ByteStream, _ name: String, into ledger: IngestLedger, _ progress: ProgressHandler?
  ) throws(DatasetsError) {
    let shape = try RowShape(of: stream)
    let intake = RowIntake(schema: schema, validator: validator, name: name)
    if shape == .document {
      try intake.takeDocument(stream, into: ledger)
    } else {
      try intake.take(stream, isArray: shape == .array, into: ledger, progress: progress)
    }
  }

  /// The bytes of an input that is read from beginning to end, hashed on the way; nil for others.
  private func text(of input: RowInput) throws(DatasetsError) -> ByteStream? {
    guard let path = input.path, try SourceFormat.folder(path) == nil else { return nil }
    if path.string != "-", Files.isRegular(path), try input.isTyped { return nil }
    return try ByteStream(path, isHashed: true)
  }

  /// Takes in the rows of any source, one by one.
  private func take(
    _ rows: consuming SourceReader, of label: String, _ name: String, _ pass: inout CleaningPass,
    into ledger: IngestLedger, _ progress: ProgressHandler?
  ) throws(DatasetsError) {
    ledger.leaveOut(links: rows.links)
    while let row = try rows.next() {
      let violations = validator.check(row, of: label)
      if violations.isEmpty {
        switch pass.clean(row) {
        case .success(let value):
          let broken = pass.hasChanged ? validator.check(value, from: row, of: label) : []
          if broken.isEmpty {
            ledger.accept(value)
          } else {
            ledger.quarantine(
              Row(line: row.line, value: value), broken, file: name, step: Ingestion.afterCleaning)
          }
        case .failure(let dropped): ledger.drop(row, dropped, file: name)
        }
      } else {
        ledger.quarantine(row, violations, file: name)
      }
      if ledger.report.rows % 4096 == 0 {
        try DatasetsError.checkInterruption(of: label)
        try ledger.flush()
        progress?(
          ProgressUpdate(
            label: "ingesting", done: Int64(ledger.report.rows), total: nil, unit: "rows"))
      }
    }
  }

  /// Steps that look for near duplicates have to see all valid rows first.
  private func cleaningPass(_ inputs: [RowInput], _ progress: ProgressHandler?)
    throws(DatasetsError) -> CleaningPass
  {
    if cleaning.steps.contains(where: { $0 is NearDuplicatesStep }) {
      for input in inputs {
        guard let path = input.path else {
          throw .sourceFailed(
            .unsupportedSource, source: input.label,
            reason:
              "looking for near duplicates reads the rows twice, and they may change meanwhile",
            advice: "Ingest them first, then run 'mlops dedup' or 'mlops clean' on the dataset.")
        }
        try Files.checkRereadable(path, for: "looking for near duplicates")
      }
    }
    let found = try Cleaner(cleaning).nearDuplicates(progress) { () throws(DatasetsError) in
      ValidRows(inputs, validator: validator, columns: columns)
    }
    return CleaningPass(cleaning, found)
  }
}
