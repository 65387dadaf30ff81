/// Takes numbers and pieces out of bytes, from front to back, and never past their end.
struct ByteCursor {
  let bytes: [UInt8]
  /// Of the next byte.
  private(set) var position: Int
  /// Where the bytes end that may be taken.
  let end: Int

  init(_ bytes: [UInt8]) { self.init(bytes, 0..<bytes.count) }

  /// - Parameter range: clamped to what there is.
  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    let range = range.clamped(to: 0..<bytes.count)
    position = range.lowerBound
    end = range.upperBound
  }

  var count: Int { end - position }

  static let tooShort = ParquetFault.damaged("it ends in the middle of a value")

  mutating func byte() throws(ParquetFault) -> UInt8 {
    guard position < end else { throw ByteCursor.tooShort }
    defer { position += 1 }
    return bytes[position]
  }

  /// Steps over so many bytes.
  mutating func skip(_ count: Int) throws(ParquetFault) {
    guard count >= 0, count <= self.count else { throw ByteCursor.tooShort }
    position += count
  }

  mutating func slice(_ count: Int) throws(ParquetFault) -> ArraySlice<UInt8> {
    let start = position
    try skip(count)
    return bytes[start..<position]
  }

  /// The next bytes as a cursor of their own.
  mutating func part(_ count: Int) throws(ParquetFault) -> ByteCursor {
    let start = position
    try skip(count)
    return ByteCursor(bytes, start..<position)
  }

  /// A little-endian number of 1 to 8 bytes.
  mutating func unsigned(bytes count: Int) throws(ParquetFault) -> UInt64 {
    guard count <= self.count else { throw ByteCursor.tooShort }
    var value: UInt64 = 0
    for index in 0..<count { value |= UInt64(bytes[position + index]) << UInt64(8 * index) }
    position += count
    return value
  }

  /// A length in four bytes, not checked against anything.
  mutating func length() throws(ParquetFault) -> Int { Int(try unsigned(bytes: 4)) }

  /// An unsigned number in groups of seven bits.
  mutating func varint() throws(ParquetFault) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      let byte = try byte()
      // The tenth byte has room for one bit.
      guard shift < 63 || byte <= 1 else { break }
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
    }
    throw .damaged("a number is longer than 64 bits")
  }

  /// A signed number, small ones of either sign short.
  mutating func zigzag() throws(ParquetFault) -> Int64 {
    let value = try varint()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// A number of so many bits (0 to 64), the lowest first.
  ///
  /// - Parameter offset: in bits, from the beginning of `bytes`.
  func bits(_ width: Int, at offset: Int) throws(ParquetFault) -> UInt64 {
    guard offset + width <= end * 8 else { throw ByteCursor.tooShort }
    var value: UInt64 = 0
    var filled = 0
    while filled < width {
      let bit = offset + filled
      let taken = min(8 - bit % 8, width - filled)
      let piece = UInt64(bytes[bit / 8]) >> UInt64(bit % 8) & (1 << UInt64(taken) - 1)
      value |= piece << UInt64(filled)
      filled += taken
    }
    return value
  }
}
