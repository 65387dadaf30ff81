import JSON
import JSONSchema
import MLOpsCore
import SystemPackage

/// What ingestion has taken in so far: every row is in exactly one of its counts.
///
/// Rows are put down in memory and written by `flush`, so that putting down cannot fail.
final class IngestLedger {
  private(set) var report = IngestReport()
  /// Why the first row that was not taken was not, and where it is; nil where there is none.
  private(set) var firstReason: String?
  private var tally = ViolationTally()
  private var seen = RowSet()
  private let accepted: any RowSink
  private var rejected: AtomicFile
  private var pending = PendingRows()
  private var rejectedRows: [UInt8] = []
  /// For each shape of accepted rows its names, and how many rows have it.
  private var shapes: [UInt64: (names: [String], rows: Int)] = [:]
  private var lastShape: UInt64?

  init(accepted: any RowSink, rejected: FilePath) throws(DatasetsError) {
    self.accepted = accepted
    self.rejected = try AtomicFile(rejected)
  }

  /// Notes that an input was read to its end.
  ///
  /// - Parameter content: nil where it has none, or is not read from beginning to end.
  func finish(_ name: String, _ content: (digest: Digest, size: Int64)?) {
    let before = report.inputs.reduce(0) { $0 + $1.rows }
    report.inputs.append(
      IngestInput(
        name: name, rows: report.rows - before, size: content?.size, digest: content?.digest))
  }

  /// Notes symbolic links that are no rows.
  func leaveOut(links: Int) { report.links += links }

  /// Takes a valid row.
  func accept(_ value: JSONValue) {
    report.rows += 1
    value.canonicalBytes.withUnsafeBytes {
      pending.add($0, key: seen.key(of: $0), .value(value))
    }
  }

  /// Takes a valid row that is written canonically already.
  func accept(_ row: CanonicalRow) {
    report.rows += 1
    pending.add(row.bytes, key: seen.key(of: row.bytes), .shape(row.shape))
    guard row.shape != lastShape else { return }
    lastShape = row.shape
    if shapes[row.shape] == nil {
      let names = (try? JSONValue(parsing: Array(row.bytes)))?.object.map { Array($0.keys) } ?? []
      shapes[row.shape] = (names, 0)
    }
  }

  /// Tells the rows that were put down apart from those before them.
  private func settle() {
    var accepted = 0
    // Rows of one shape mostly follow one another.
    var run: (shape: UInt64, rows: Int) = (0, 0)
    report.duplicates += pending.settle(in: &seen) { form in
      accepted += 1
      switch form {
      case .value(let value): report.note(value)
      case .shape(let shape):
        if shape != run.shape {
          shapes[run.shape]?.rows += run.rows
          run = (shape, 0)
        }
        run.rows += 1
      }
    }
    shapes[run.shape]?.rows += run.rows
    report.accepted += accepted
  }

  /// Puts an invalid row into quarantine.
  ///
  /// - Parameter step: what made it invalid, where that was not its writer.
  func quarantine(
    _ row: Row, _ violations: [LocatedViolation], file: String, step: String? = nil
  ) {
    report.rows += 1
    report.quarantined += 1
    for violation in violations { tally.add(violation) }
    guard let first = violations.first else { return }
    firstReason = firstReason ?? first.text + (step.map { " (\($0))" } ?? "")
    var entry: [String: JSONValue] = [
      "file": .string(file), "line": .integer(first.line), "pointer": .string(first.pointer),
      "reason": .string(first.reason),
    ]
    entry["step"] = step.map { .string($0) }
    reject(row, entry)
  }

  /// Puts down a valid row that a cleaning step took out.
  func drop(_ row: Row, _ dropped: DroppedRow, file: String) {
    report.rows += 1
    report.dropped += 1
    firstReason = firstReason ?? dropped.reason(in: file)
    var entry = dropped.json.object ?? [:]
    entry["file"] = .string(file)
    reject(row, entry)
  }

  private func reject(_ row: Row, _ entry: [String: JSONValue]) {
    var entry = entry
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
    rejectedRows += JSONValue.object(entry).canonicalBytes
    rejectedRows.append(0x0A)
  }

  /// Writes what was put down.
  func flush() throws(DatasetsError) {
    settle()
    do {
      try pending.bytes.withUnsafeBytes { rows throws in
        if !rows.isEmpty { try accepted.write(rows) }
      }
    } catch let error as DatasetsError {
      throw error
    } catch {
      throw .fileFailed(path: "rows", operation: "written", reason: String(describing: error))
    }
    try rejected.write(rejectedRows)
    pending.clear()
    rejectedRows.removeAll(keepingCapacity: true)
  }

  /// Writes the rest, and gives the rejected rows' file its name.
  ///
  /// - Parameter check: throws where the counts do not allow it.
  func commit(_ check: (IngestReport) throws(DatasetsError) -> Void) throws(DatasetsError)
    -> IngestReport
  {
    try flush()
    for shape in shapes.values {
      for name in shape.names { report.fields[name, default: 0] += shape.rows }
    }
    shapes = [:]
    report.groups = tally.groups
    try check(report)
    try rejected.commit()
    return report
  }
}
