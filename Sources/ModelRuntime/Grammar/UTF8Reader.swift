/// Whole scalars of bytes that may end inside one.
struct UTF8Reader {
  private(set) var scalars: [UInt32] = []
  /// The bytes of the scalar that is not complete yet; at most 3.
  private(set) var partial: [UInt8] = []
  /// What `partial` can still become; nil where it is empty.
  private(set) var possible: ClosedRange<UInt32>?

  /// Nil where the bytes are no beginning of a UTF-8 text.
  init?(_ bytes: some Collection<UInt8>) {
    var iterator = bytes.makeIterator()
    while let lead = iterator.next() {
      guard let length = Self.length(lead) else { return nil }
      var read = [lead]
      while read.count < length, let next = iterator.next() {
        guard next & 0xC0 == 0x80 else { return nil }
        read.append(next)
      }
      let range = Self.range(read, length)
      guard let range else { return nil }
      if read.count == length {
        scalars.append(range.lowerBound)
      } else {
        partial = read
        possible = range
      }
    }
  }

  private static func length(_ lead: UInt8) -> Int? {
    switch lead {
    case 0..<0x80: 1
    case 0xC2..<0xE0: 2
    case 0xE0..<0xF0: 3
    case 0xF0..<0xF5: 4
    default: nil
    }
  }

  /// The scalars whose encoding begins with `bytes`, without those that are written too long, and
  /// surrogates where nothing else is left.
  private static func range(_ bytes: [UInt8], _ length: Int) -> ClosedRange<UInt32>? {
    let leadBits: UInt8 = length == 1 ? 0x7F : 0xFF >> UInt8(length + 1)
    var low = UInt32(bytes[0] & leadBits)
    for byte in bytes.dropFirst() { low = low << 6 | UInt32(byte & 0x3F) }
    let missing = UInt32(6 * (length - bytes.count))
    var high = (low << missing) | ((1 << missing) - 1)
    low <<= missing
    low = max(low, [0, 0, 0x80, 0x800, 0x10000][length])
    high = min(high, 0x10FFFF)
    if low >= 0xD800, low <= 0xDFFF { low = 0xE000 }
    if high >= 0xD800, high <= 0xDFFF { high = 0xD7FF }
    return low <= high ? low...high : nil
  }
}
