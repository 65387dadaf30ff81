import JSON

/// Valid rows that were put down and are not yet told apart from those before.
///
/// Telling many apart at once hides what one by one costs most: each looks at another place of a
/// table that no cache holds.
struct PendingRows {
  /// How the fields of a row are counted.
  enum Form {
    /// It has the names of all rows of a shape.
    case shape(UInt64)
    case value(JSONValue)
  }

  private struct Entry: BitwiseCopyable {
    /// Where the row ends in `bytes`, its line feed included.
    let end: Int
    /// Means nothing for a row among `values`.
    let shape: UInt64
  }

  /// The rows, each with a line feed behind it.
  private(set) var bytes: [UInt8] = []
  private var entries: [Entry] = []
  private var keys: [RowSet.Key] = []
  private var values: [Int: JSONValue] = [:]

  /// Puts a row down.
  mutating func add(_ row: UnsafeRawBufferPointer, key: RowSet.Key, _ form: Form) {
    bytes.append(contentsOf: row)
    bytes.append(0x0A)
    switch form {
    case .shape(let shape): entries.append(Entry(end: bytes.count, shape: shape))
    case .value(let value):
      values[entries.count] = value
      entries.append(Entry(end: bytes.count, shape: 0))
    }
    keys.append(key)
  }

  /// Leaves out of `bytes` the rows that a set has already, and adds the others to it.
  ///
  /// - Parameter keep: is told each row that stays, in order.
  /// - Returns: how many rows were left out.
  mutating func settle(in seen: inout RowSet, keep: (Form) -> Void) -> Int {
    var begin = 0
    var place = 0
    var known = 0
    seen.insert(keys) { index, isNew in
      let entry = entries[index]
      let length = entry.end - begin
      if isNew {
        if place != begin { move(length, from: begin, to: place) }
        place += length
        keep(values[index].map { .value($0) } ?? .shape(entry.shape))
      } else {
        known += 1
      }
      begin = entry.end
    }
    bytes.removeLast(bytes.count - place)
    entries.removeAll(keepingCapacity: true)
    keys.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    return known
  }

  /// Forgets the bytes of rows that are settled and written.
  mutating func clear() { bytes.removeAll(keepingCapacity: true) }

  private mutating func move(_ length: Int, from: Int, to: Int) {
    bytes.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      (base + to).copyMemory(from: base + from, byteCount: length)
    }
  }
}
