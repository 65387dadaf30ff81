public import JSONSchema
public import MLOpsCore
public import SystemPackage
import JSON

/// Turns a file of rows into a dataset: one canonical JSON value a line.
///
/// Every row is accounted for: accepted, an exact duplicate of one before, or in quarantine. The
/// same input gives the same bytes.
public struct Ingestion: Sendable {
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
    var report = IngestReport()
    var tally = ViolationTally()
    var seen: Set<RowFingerprint> = []
    var accepted = try AtomicFile(output)
    var rejected = try AtomicFile(quarantine)
    var pass = try cleaningPass(inputs, progress)
    for input in inputs {
      var reader = try SourceReader(input, format: try format(of: input))
      while let row = try reader.next() {
        report.rows += 1
        let violations = validator.check(row, of: input.string)
        if let first = violations.first {
          report.quarantined += 1
          for violation in violations { tally.add(violation) }
          let entry = Ingestion.entry(row, first, file: input.lastComponent?.string ?? "")
          try rejected.write(line: entry.canonicalBytes)
        } else {
          switch pass.clean(row) {
          case .success(let value):
            let bytes = value.canonicalBytes
            if seen.insert(RowFingerprint(bytes)).inserted {
              report.accepted += 1
              report.note(value)
              try accepted.write(line: bytes)
            } else {
              report.duplicates += 1
            }
          case .failure(let dropped):
            report.dropped += 1
            let entry = Ingestion.entry(row, dropped, file: input.lastComponent?.string ?? "")
            try rejected.write(line: entry.canonicalBytes)
          }
        }
        if report.rows % 4096 == 0 {
          progress?(
            ProgressUpdate(label: "ingesting", done: Int64(report.rows), total: nil, unit: "rows"))
        }
      }
    }
    report.groups = tally.groups
    report.cleaning = cleaning.steps.isEmpty ? nil : pass.report
    let names = inputs.map(\.string).joined(separator: "', '")
    guard Double(report.quarantined) <= maxInvalid * Double(report.rows) else {
      throw .tooManyInvalid(
        path: names, invalid: report.quarantined, rows: report.rows, limit: maxInvalid)
    }
    guard report.accepted > 0 else { throw .noRows(path: names) }
    try rejected.commit()
    try accepted.commit()
    return report
  }

  /// Steps that look for near duplicates have to see all valid rows first.
  private func cleaningPass(_ inputs: [FilePath], _ progress: ProgressHandler?)
    throws(DatasetsError) -> CleaningPass
  {
    let found = try Cleaner(cleaning).nearDuplicates(progress) { () throws(DatasetsError) in
      ValidRows(inputs, validator: validator, columns: columns)
    }
    return CleaningPass(cleaning, found)
  }

  private func format(of input: FilePath) throws(DatasetsError) -> SourceFormat? {
    try ValidRows.format(of: input, columns)
  }

  private static func entry(_ row: Row, _ dropped: DroppedRow, file: String) -> JSONValue {
    var entry = dropped.json.object ?? [:]
    entry["file"] = .string(file)
    if case .success(let value) = row.content { entry["row"] = value }
    return .object(entry)
  }

  private static func entry(_ row: Row, _ violation: LocatedViolation, file: String) -> JSONValue {
    var entry: [String: JSONValue] = [
      "file": .string(file), "line": .integer(violation.line),
      "pointer": .string(violation.pointer), "reason": .string(violation.reason),
    ]
    switch row.content {
    case .success(let value): entry["row"] = value
    case .failure:
      // Text that is not UTF-8 cannot be a JSON string; its bytes are kept all the same.
      if let text = String(validating: row.bytes, as: UTF8.self) {
        entry["row"] = .string(text)
      } else {
        entry["row_bytes"] = .array(row.bytes.map { .integer($0) })
      }
    }
    return .object(entry)
  }
}
