import JSON
import JSONSchema
import MLOpsCore
import SystemPackage

/// Takes in rows of JSON text without building a value of those that are valid and plain.
struct RowIntake {
  let schema: CompiledSchema
  let validator: RecordValidator
  /// What the file is called in a quarantine.
  let name: String

  private static let pieceSize = 1 << 20

  /// - Throws: `datasets.file_failed`, `datasets.damaged_archive`, `datasets.row_too_long`,
  ///   `datasets.no_memory`, `datasets.interrupted`.
  func take(
    _ stream: ByteStream, isArray: Bool, into ledger: IngestLedger, progress: ProgressHandler?
  ) throws(DatasetsError) {
    let path = stream.path
    let feed = RowFeed(stream, isArray: isArray, lineLimit: RecordValidator.lineLimit)
    guard var batch = RowBatch(schema, capacity: RowIntake.pieceSize) else {
      throw .noMemory(path: path.string)
    }
    var lines = 0
    while true {
      try DatasetsError.checkInterruption(of: path.string)
      switch try feed.fill(batch.text) {
      case .end: return
      case .tooSmall(let needed):
        guard let larger = RowBatch(schema, capacity: needed) else {
          throw .noMemory(path: path.string)
        }
        batch = larger
      case .tooLong(_, let length):
        let row = Row(
          line: lines + 1, bytes: [],
          defect: "the row is \(length) bytes long; at most \(RecordValidator.lineLimit) are read")
        put(row, path, ledger)
        lines += 1
      case .rows(_, let length, let origins):
        let text = batch.text
        let counts = batch.check(
          length, canonical: { _, row in ledger.accept(row) },
          look: { line, place, _ in
            let bytes = text[place]
            let origin = origins.flatMap { $0.indices.contains(line) ? $0[line] : nil }
            put(
              origin?.row(bytes) ?? Row(line: lines + line + 1, bytes: Array(bytes)), path, ledger)
          })
        lines += counts.lines
        try ledger.flush()
      }
      progress?(
        ProgressUpdate(label: "ingesting", done: feed.consumed, total: feed.size, unit: "B"))
    }
  }

  /// Takes in a file that is one value.
  func takeDocument(_ stream: ByteStream, into ledger: IngestLedger) throws(DatasetsError) {
    let bytes = try stream.rest(limit: RecordValidator.documentLimit)
    put(Row(line: 1, bytes: bytes), stream.path, ledger)
    try ledger.flush()
  }

  /// A row that has to be looked at closely.
  private func put(_ row: Row, _ path: FilePath, _ ledger: IngestLedger) {
    var row = row
    if row.bytes.last == 0x0D, case .success = row.content { row = row.withoutReturn }
    let violations = validator.check(row, of: path.string)
    if violations.isEmpty, case .success(let value) = row.content {
      ledger.accept(value)
    } else {
      ledger.quarantine(row, violations, file: name)
    }
  }
}

extension Row {
  /// Without the carriage return of a line end.
  fileprivate var withoutReturn: Row {
    Row(line: line, column: column, bytes: Array(bytes.dropLast()))
  }
}
