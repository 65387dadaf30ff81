/// Small numbers as runs of one value and as packed bits, in turn: levels and places in a dictionary.
struct HybridDecoder {
  private var cursor: ByteCursor
  private let width: Int
  /// Values that the present run still has.
  private var left = 0
  private var repeated: UInt32 = 0
  /// Of the next value of a packed run, in bits; nil in a run of one value.
  private var bit: Int?
  private var packed: ByteCursor

  /// - Parameter width: bits of a value, 0 to 32.
  init(_ cursor: ByteCursor, width: Int) {
    self.cursor = cursor
    self.width = width
    packed = cursor
  }

  mutating func next() throws(ParquetFault) -> UInt32 {
    while left == 0 { try beginRun() }
    left -= 1
    guard let bit else { return repeated }
    self.bit = bit + width
    return UInt32(truncatingIfNeeded: try packed.bits(width, at: bit))
  }

  private mutating func beginRun() throws(ParquetFault) {
    let head = try cursor.varint()
    guard head < 1 << 32 else { throw .damaged("a run of levels or places is too long") }
    let count = Int(head >> 1)
    if head & 1 == 0 {
      left = count
      bit = nil
      repeated = UInt32(truncatingIfNeeded: try cursor.unsigned(bytes: (width + 7) / 8))
    } else {
      left = count * 8
      bit = cursor.position * 8
      // The last run may be cut to the values that are needed.
      packed = try cursor.part(min(count * width, cursor.count))
    }
  }
}
