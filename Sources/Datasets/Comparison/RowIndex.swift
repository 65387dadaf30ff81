/// The rows of the old file by their keys, until rows of the new one take them.
///
/// The first row with a key is found by it; further ones, and rows without a key, by their content.
/// So a key that is not one, such as a field that all rows share, costs no square of the rows.
struct RowIndex {
  /// What the old file has for a row of the new one.
  enum Match: Equatable {
    case equal
    /// With the place of the old row, from 0.
    case changed(Int)
    /// No such key, or only rows that others have taken.
    case absent(isRepeated: Bool)
  }

  /// Of the row that was first with its key; nothing else needs its content.
  private var byKey: [RowFingerprint: (row: Int32, content: RowFingerprint)] = [:]
  /// The rows with the same content, latest first, linked by `earlier`.
  private var byContent: [RowFingerprint: Int32] = [:]
  private var earlier: [Int32] = []
  private var isTaken: [Bool] = []
  /// Old rows whose key a row before them has.
  private(set) var repeated = 0
  /// Rows that were not taken.
  private(set) var remaining = 0

  mutating func add(key: RowFingerprint, content: RowFingerprint) {
    let row = Int32(truncatingIfNeeded: isTaken.count)
    isTaken.append(false)
    remaining += 1
    if key != content, byKey[key] == nil {
      earlier.append(-1)
      byKey[key] = (row, content)
    } else {
      if key != content { repeated += 1 }
      earlier.append(byContent[content] ?? -1)
      byContent[content] = row
    }
  }

  /// Takes a row with the same content, else the one with the same key.
  mutating func take(key: RowFingerprint, content: RowFingerprint) -> Match {
    let keyed = key == content ? nil : byKey[key]
    if let keyed, keyed.content == content, !isTaken[Int(keyed.row)] {
      take(keyed.row)
      return .equal
    }
    if let row = byContent[content], row >= 0 {
      byContent[content] = earlier[Int(row)]
      take(row)
      return .equal
    }
    guard let keyed else { return .absent(isRepeated: false) }
    guard !isTaken[Int(keyed.row)] else { return .absent(isRepeated: true) }
    take(keyed.row)
    return .changed(Int(keyed.row))
  }

  /// The places of rows that were not taken, from 0, in order.
  func remainingRows(_ limit: Int) -> [Int] {
    Array(isTaken.indices.lazy.filter { !isTaken[$0] }.prefix(limit))
  }

  private mutating func take(_ row: Int32) {
    isTaken[Int(row)] = true
    remaining -= 1
  }
}
