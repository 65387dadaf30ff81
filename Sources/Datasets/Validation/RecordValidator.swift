import Dispatch
import Foundation
import JSON
public import JSONSchema
public import MLOpsCore
public import SystemPackage

/// Checks every row of a file against a schema, in memory that does not grow with the file.
public struct RecordValidator: Sendable {
  let schema: CompiledSchema
  private let maxErrors: Int
  private let threads: Int

  /// The longest row, in bytes.
  static let lineLimit = 64 << 20
  /// The largest file that is one value, in bytes: it is held in memory.
  static let documentLimit = 1 << 30

  /// - Parameters:
  ///   - maxErrors: how many violations are described; invalid rows are counted beyond that.
  ///   - threads: nil for one a core.
  public init(schema: CompiledSchema, maxErrors: Int = 20, threads: Int? = nil) {
    self.schema = schema
    self.maxErrors = maxErrors
    self.threads = threads ?? Processors.usable
  }

  /// - Parameters:
  ///   - file: a file, or `-` for the standard input; gzip and Zstandard are decompressed.
  ///   - shape: nil to tell by name and beginning.
  /// - Throws: `datasets.file_failed`, `datasets.damaged_archive`, `datasets.row_too_long`,
  ///   `datasets.file_too_large`, `datasets.no_memory`; invalid rows are no error but part of the
  ///   report.
  public func validate(
    file: FilePath, shape: RowShape? = nil, progress: ProgressHandler? = nil
  ) throws(DatasetsError) -> ValidationReport {
    let stream = try ByteStream(file)
    let beginning = try TextBeginning(of: stream)
    if let reason = beginning.unreadable {
      throw .malformedSource(path: file.string, line: 1, reason: reason)
    }
    let told = shape ?? beginning.shape(of: file)
    var report = try report(of: stream, told, progress)
    report.hints = beginning.hints(on: report, readAs: told, isTold: shape == nil)
    return report
  }

  private func report(of stream: ByteStream, _ shape: RowShape, _ progress: ProgressHandler?)
    throws(DatasetsError) -> ValidationReport
  {
    let file = stream.path.string
    switch shape {
    case .document:
      let row = Row(line: 1, bytes: try stream.rest(limit: RecordValidator.documentLimit))
      return report(of: row, file)
    case .csv: return try table(stream, .csv, progress)
    case .tsv: return try table(stream, .tsv, progress)
    case .ndjson, .array: break
    }
    let feed = RowFeed(
      stream, isArray: shape == .array, lineLimit: RecordValidator.lineLimit)
    let found = try RowScan(
      schema: schema, file: file, feed: feed, kept: maxErrors, threads: max(threads, 1),
      progress: progress
    ).run()
    return report(of: found, file)
  }

  /// As above, for whatever gives rows; those that are no JSON text are checked one by one.
  ///
  /// - Parameter columns: what the columns of tables and databases mean.
  /// - Throws: those of a source that cannot be read, too.
  public func validate(
    _ input: RowInput, columns: ColumnTypings, shape: RowShape? = nil,
    progress: ProgressHandler? = nil
  ) throws(DatasetsError) -> ValidationReport {
    if let path = input.path {
      let isTyped = try input.isTyped
      if shape != nil || !isTyped {
        return try validate(file: path, shape: shape, progress: progress)
      }
    }
    var reader = try SourceReader(input, columns, lineLimit: RecordValidator.lineLimit)
    var findings = OrderedFindings(file: input.label, schema: schema, kept: maxErrors)
    while let row = try reader.next() {
      findings.add(row)
      if findings.rows % 4096 == 0 {
        progress?(
          ProgressUpdate(label: "validating", done: Int64(findings.rows), total: nil, unit: "rows"))
      }
    }
    return findings.report()
  }

  private func table(_ stream: ByteStream, _ options: TableOptions, _ progress: ProgressHandler?)
    throws(DatasetsError) -> ValidationReport
  {
    var options = options
    options.typing = .declared(TableTyping.declared(by: schema))
    return try TableScan(
      schema: schema, kept: maxErrors, threads: max(threads, 1), progress: progress
    ).run(stream, options)
  }

  private func report(of row: Row, _ file: String) -> ValidationReport {
    var findings = OrderedFindings(file: file, schema: schema, kept: maxErrors)
    findings.add(row)
    return findings.report()
  }

  private func report(of found: RowReport, _ file: String) -> ValidationReport {
    var report = ValidationReport(file: file)
    report.rows = found.rows
    report.invalid = found.rows - found.valid
    found.tally.fill(&report)
    for (line, faulty) in found.faulty where report.violations.count < maxErrors {
      let violations = LocatedViolation.inOrder(check(row(faulty, line), of: file))
      report.violations += violations.prefix(maxErrors - report.violations.count)
    }
    return report
  }

  private func row(_ faulty: RowScan.FaultyRow, _ line: Int) -> Row {
    if let length = faulty.length {
      return Row(
        line: line, bytes: faulty.bytes,
        defect: "the row is \(length) bytes long; at most \(RecordValidator.lineLimit) are read")
    }
    return faulty.origin?.row(faulty.bytes) ?? Row(line: line, bytes: faulty.bytes)
  }

  /// The violations of a value that was made of a row; their places are those in the row.
  func check(_ value: JSONValue, from row: Row, of file: String) -> [LocatedViolation] {
    LocatedViolation.all(schema.violations(of: value).violations, in: row, of: file)
  }

  /// The violations of one row; a row that is no JSON has exactly one.
  func check(_ row: Row, of file: String) -> [LocatedViolation] {
    switch row.content {
    case .failure(let defect): [LocatedViolation(defect, of: file)]
    case .success(let value):
      check(value, from: row, of: file)
    }
  }
}
