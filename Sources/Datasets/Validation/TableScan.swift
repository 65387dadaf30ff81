import JSON
import JSONSchema
import MLOpsCore
import SystemPackage

/// Checks the rows of a table, in memory that does not grow with it.
///
/// Records are read one after the other and checked a batch at a time by several threads. What is
/// wrong with every row because the header lacks a column, or has one too many, is told once, of
/// the header.
struct TableScan {
  let schema: CompiledSchema
  /// How many violations are described.
  let kept: Int
  let threads: Int
  let progress: ProgressHandler?

  /// A batch ends with the first of these: rows, and bytes of their fields.
  private static let batchRows = 4096
  private static let batchBytes = 8 << 20

  /// - Throws: `datasets.file_failed`, `datasets.damaged_archive`.
  func run(_ stream: ByteStream, _ options: TableOptions) throws(DatasetsError) -> ValidationReport
  {
    let file = stream.path.string
    var records = RecordReader(stream, options, limit: RecordValidator.lineLimit)
    let first = try records.header()
    let header: TableHeader
    do throws(RowDefect) {
      header = try TableHeader(first)
    } catch {
      return ValidationReport(file: file, defectiveHeader: error)
    }
    var reader = TableReader(records, header, options.typing)
    var findings = TableFindings(
      file: file, header: header, schema: schema, kept: kept)
    while let rows = try batch(&reader) {
      let violations = check(rows)
      for (row, found) in zip(rows, violations) {
        findings.add(row, found.violations, isCut: found.isCut)
      }
      findings.endPiece()
      progress?(
        ProgressUpdate(label: "validating", done: stream.consumed, total: stream.size, unit: "B"))
    }
    if findings.rows == 0 { findings.addHeader(checkedBy: schema) }
    return findings.report()
  }

  /// The next rows; nil at the end.
  private func batch(_ reader: inout TableReader) throws(DatasetsError) -> [Row]? {
    let start = reader.fieldBytes
    var rows: [Row] = []
    while rows.count < TableScan.batchRows, reader.fieldBytes - start < TableScan.batchBytes,
      let row = try reader.next()
    {
      rows.append(row)
    }
    return rows.isEmpty ? nil : rows
  }

  /// For each row what its schema has to say; nothing for valid rows and for those that are none.
  private func check(_ rows: [Row]) -> [(violations: [SchemaViolation], isCut: Bool)] {
    let share = max((rows.count + threads - 1) / threads, 64)
    let parts = (rows.count + share - 1) / share
    return parallelMap(parts) { part in
      rows[(part * share)..<min((part + 1) * share, rows.count)].map { row in
        if case .success(let value) = row.content {
          schema.violations(of: value)
        } else {
          ([], false)
        }
      }
    }.flatMap(\.self)
  }
}
