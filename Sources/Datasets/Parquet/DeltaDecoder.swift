/// Whole numbers as differences to the one before, in blocks of packed bits.
///
/// - SeeAlso: the format's Encodings.md, "Delta Encoding".
struct DeltaDecoder {
  private static let blockLimit: UInt64 = 1 << 20

  private(set) var cursor: ByteCursor
  /// Values in all.
  let count: Int
  private let perMini: Int
  private let minis: Int
  private var value: Int64
  private var given = 0
  private var smallest: Int64 = 0
  private var widths: ArraySlice<UInt8> = []
  private var width = 0
  private var bit = 0
  private var leftInMini = 0
  private var packed: ByteCursor

  init(_ cursor: ByteCursor) throws(ParquetFault) {
    self.cursor = cursor
    packed = cursor
    let block = try self.cursor.varint()
    let minis = try self.cursor.varint()
    let count = try self.cursor.varint()
    guard block > 0, block <= DeltaDecoder.blockLimit, minis > 0, minis <= block,
      block % (minis * 8) == 0, count <= UInt64(Int32.max)
    else { throw .damaged("the blocks of a delta encoding have impossible sizes") }
    self.minis = Int(minis)
    self.count = Int(count)
    perMini = Int(block / minis)
    value = try self.cursor.zigzag()
  }

  mutating func next() throws(ParquetFault) -> Int64 {
    guard given < count else { throw ByteCursor.tooShort }
    defer { given += 1 }
    if given == 0 { return value }
    if leftInMini == 0 { try beginMini() }
    leftInMini -= 1
    let difference = Int64(bitPattern: try packed.bits(width, at: bit))
    bit += width
    value = value &+ smallest &+ difference
    return value
  }

  /// What follows the numbers, without looking at each.
  func rest() throws(ParquetFault) -> ByteCursor {
    var copy = self
    var left = count - 1
    while left > 0 {
      try copy.beginMini()
      left -= perMini
    }
    return copy.cursor
  }

  private mutating func beginMini() throws(ParquetFault) {
    if widths.isEmpty {
      smallest = try cursor.zigzag()
      widths = try cursor.slice(minis)
    }
    width = Int(widths.removeFirst())
    guard width <= 64 else { throw .damaged("a delta encoding has numbers of \(width) bits") }
    bit = cursor.position * 8
    leftInMini = perMini
    packed = try cursor.part(perMini / 8 * width)
  }
}
