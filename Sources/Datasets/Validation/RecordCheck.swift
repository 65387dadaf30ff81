import JSONSchema

/// Tells the records of a table that are valid rows by the walk that lines of JSON take, which makes no
/// values of them.
struct RecordCheck {
  private let rows: RecordRows
  private let batch: RowBatch?
  /// JSON of the records in hand, a line each.
  private var text: [UInt8] = []
  /// The record of each line.
  private var lines: [Int] = []
  private var valid: Set<Int> = []

  /// Bytes of JSON that are checked at a time; a longer row is left to the evaluator.
  private static let capacity = 256 << 10

  init(_ schema: CompiledSchema, _ rows: RecordRows) {
    self.rows = rows
    batch = RowBatch(schema, capacity: RecordCheck.capacity)
  }

  /// The indices of records that are valid rows for sure; of the others it is not known.
  consuming func valid(_ records: ArraySlice<RecordReader.Record>) -> Set<Int> {
    for (index, record) in zip(records.indices, records) { add(record, index) }
    flush()
    return valid
  }

  private mutating func add(_ record: RecordReader.Record, _ index: Int) {
    let start = text.count
    guard rows.write(record, to: &text), text.count - start <= RecordCheck.capacity else {
      text.removeSubrange(start...)
      return
    }
    if text.count > RecordCheck.capacity {
      let line = Array(text[start...])
      text.removeSubrange(start...)
      flush()
      text = line
    }
    lines.append(index)
  }

  private mutating func flush() {
    guard let batch, !text.isEmpty else { return }
    batch.text.copyBytes(from: text)
    var doubtful: Set<Int> = []
    _ = batch.check(text.count) { line, _, _ in doubtful.insert(line) }
    for (line, index) in lines.enumerated() where !doubtful.contains(line) { valid.insert(index) }
    text.removeAll(keepingCapacity: true)
    lines.removeAll(keepingCapacity: true)
  }
}
