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

  /// - Parameters:
  ///   - schema: What a row must match.
  ///   - maxInvalid: The share of invalid rows, 0 to 1, above which nothing is written.
  public init(schema: CompiledSchema, maxInvalid: Double = 1) {
    validator = RecordValidator(schema: schema, maxErrors: 0)
    self.maxInvalid = maxInvalid
  }

  /// Writes the dataset and the quarantine; neither appears unless both are whole.
  ///
  /// - Parameters:
  ///   - inputs: Read in this order.
  ///   - output: Where the accepted rows go.
  ///   - quarantine: Where `{"file","line","pointer","reason","row"}` go, one a line, with `pointer`
  ///     and `reason` of the row's first violation; always written, be it empty.
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
    for input in inputs {
      var reader = try SourceReader(input)
      while let row = try reader.next() {
        report.rows += 1
        let violations = validator.check(row, of: input.string)
        if let first = violations.first {
          report.quarantined += 1
          for violation in violations { tally.add(violation) }
          let entry = Ingestion.entry(row, first, file: input.lastComponent?.string ?? "")
          try rejected.write(line: entry.canonicalBytes)
        } else if case .success(let value) = row.content {
          let bytes = value.canonicalBytes
          if seen.insert(RowFingerprint(bytes)).inserted {
            report.accepted += 1
            report.note(value)
            try accepted.write(line: bytes)
          } else {
            report.duplicates += 1
          }
        }
        if report.rows % 4096 == 0 {
          progress?(
            ProgressUpdate(label: "ingesting", done: Int64(report.rows), total: nil, unit: "rows"))
        }
      }
    }
    report.groups = tally.groups
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
