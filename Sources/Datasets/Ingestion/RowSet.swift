import Crypto

/// Which rows were seen, by 128 bits each.
///
/// Short rows are hashed twice by a multilinear family (Lemire and Kaser, "Strongly universal string
/// hashing is fast", The Computer Journal 57, 2014), with keys that are drawn for this set: nobody can
/// write two rows that are taken for one, and by chance two are with a probability of 2^-128. Longer
/// rows go through SHA-256.
struct RowSet {
  private struct Bits: BitwiseCopyable, Equatable {
    var high: UInt64
    var low: UInt64

    /// Marks an empty place; a row that happens to have it gets a neighbour.
    static let none = Bits(high: 0, low: 0)
  }

  /// The longest row that the keys are long enough for, in bytes.
  static let shortLimit = 1024

  /// Two keys for each word of a row and for its length, one after the other, and two to begin with.
  private let keys: [UInt128]
  private var table: [Bits]
  private(set) var count = 0

  init() {
    var generator = SystemRandomNumberGenerator()
    keys = (0..<(2 * (RowSet.shortLimit / 8 + 2))).map { _ in
      UInt128(generator.next()) << 64 | UInt128(generator.next())
    }
    table = Array(repeating: .none, count: 1 << 12)
  }

  /// Takes a row; false where it was there.
  mutating func insert(_ row: UnsafeRawBufferPointer) -> Bool {
    var bits = row.count <= RowSet.shortLimit ? shortBits(row) : RowSet.longBits(row)
    if bits == .none { bits.low = 1 }
    if count >= table.count / 3 * 2 { grow() }
    guard RowSet.place(bits, in: &table) else { return false }
    count += 1
    return true
  }

  /// Puts bits into a table with room; false where they are there.
  private static func place(_ bits: Bits, in table: inout [Bits]) -> Bool {
    table.withUnsafeMutableBufferPointer { table in
      let mask = table.count - 1
      var place = Int(truncatingIfNeeded: bits.low) & mask
      while table[place] != .none {
        if table[place] == bits { return false }
        place = (place + 1) & mask
      }
      table[place] = bits
      return true
    }
  }

  private mutating func grow() {
    var larger = Array(repeating: Bits.none, count: table.count * 2)
    for bits in table where bits != .none { _ = RowSet.place(bits, in: &larger) }
    table = larger
  }

  private func shortBits(_ row: UnsafeRawBufferPointer) -> Bits {
    keys.withUnsafeBufferPointer { keys in
      // Rows that differ only in zeros at their end differ in length.
      let length = UInt128(row.count)
      var first = keys[0] &+ keys[2] &* length
      var second = keys[1] &+ keys[3] &* length
      var key = 4
      var position = 0
      while position < row.count {
        let word = UInt128(RowSet.word(row, position))
        first &+= keys[key] &* word
        second &+= keys[key + 1] &* word
        position += 8
        key += 2
      }
      return Bits(
        high: UInt64(truncatingIfNeeded: first >> 64), low: UInt64(truncatingIfNeeded: second >> 64)
      )
    }
  }

  /// Eight bytes of a row, with zeros behind its end.
  private static func word(_ row: UnsafeRawBufferPointer, _ position: Int) -> UInt64 {
    if position + 8 <= row.count {
      return UInt64(littleEndian: row.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }
    var word: UInt64 = 0
    for place in stride(from: row.count - 1, through: position, by: -1) {
      word = word << 8 | UInt64(row[place])
    }
    return word
  }

  private static func longBits(_ row: UnsafeRawBufferPointer) -> Bits {
    SHA256.hash(data: row).withUnsafeBytes { digest in
      Bits(
        high: digest.loadUnaligned(as: UInt64.self),
        low: digest.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }
  }
}
