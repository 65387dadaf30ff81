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
    while let records = try batch(&reader) {
      for found in check(records, reader.rows) { findings.add(found) }
      findings.endPiece()
      progress?(
        ProgressUpdate(label: "validating", done: stream.consumed, total: stream.size, unit: "B"))
    }
    if findings.rows == 0 { findings.addHeader(checkedBy: schema) }
    return findings.report()
  }

  /// The next records; nil at the end.
  private func batch(_ reader: inout TableReader) throws(DatasetsError) -> [RecordReader.Record]? {
    let start = reader.fieldBytes
    var records: [RecordReader.Record] = []
    while records.count < TableScan.batchRows, reader.fieldBytes - start < TableScan.batchBytes,
      let record = try reader.nextRecord()
    {
      records.append(record)
    }
    return records.isEmpty ? nil : records
  }

  /// What each record came to.
  private func check(_ records: [RecordReader.Record], _ rows: RecordRows) -> [TableFinding] {
    let share = max((records.count + threads - 1) / threads, 64)
    let parts = (records.count + share - 1) / share
    return parallelMap(parts) { part -> [TableFinding] in
      let some = records[(part * share)..<min((part + 1) * share, records.count)]
      let isValid = schema.isFlat ? RecordCheck(schema, rows).valid(some) : []
      return some.indices.map { index -> TableFinding in
        if isValid.contains(index) { return .valid }
        let row = rows.row(of: some[index])
        guard case .success(let value) = row.content else { return .invalid(row, [], isCut: false) }
        let found = schema.violations(of: value)
        return found.violations.isEmpty
          ? .valid : .invalid(row, found.violations, isCut: found.isCut)
      }
    }.flatMap(\.self)
  }
}

/// What a record of a table came to.
enum TableFinding: Sendable {
  case valid
  /// A row that is none has no violations.
  case invalid(Row, [SchemaViolation], isCut: Bool)
}
