import Crypto

/// Which rows were seen, by 128 bits each.
///
/// Short rows are hashed twice, by NH (Black and others, "UMAC: fast and secure message
/// authentication", CRYPTO 1999) and what it makes of them by a multilinear family (Lemire and Kaser,
/// "Strongly universal string hashing is fast", The Computer Journal 57, 2014), with keys that are
/// drawn for this set: nobody can write two rows that are taken for one, and by chance two are with a
/// probability of 2^-126. Longer rows go through SHA-256.
struct RowSet {
  /// What a row is known by; never all zeros.
  struct Key: BitwiseCopyable, Equatable {
    fileprivate let high: UInt64
    fileprivate let low: UInt64

    /// A row that happens to have zeros gets a neighbour.
    fileprivate init(high: UInt64, low: UInt64) {
      self.high = high
      self.low = high == 0 && low == 0 ? 1 : low
    }

    private init() { (high, low) = (0, 0) }

    /// Marks an empty place.
    fileprivate static let none = Key()
  }

  /// The longest row that the keys are long enough for, in bytes.
  static let shortLimit = 1024

  /// For NH: two keys for each pair of words of a row, one pair after the other, for each hash.
  private let pairKeys: [UInt64]
  /// For what NH makes and for the length, and one to begin with, for each hash.
  private let endKeys: [UInt128]
  private var table: [Key]
  private(set) var count = 0
  /// Keeps the reads ahead from being left out as useless.
  private var touched: UInt64 = 0

  /// How many keys are looked for together; about as many reads as a core keeps under way.
  private static let readAhead = 16

  init() {
    var generator = SystemRandomNumberGenerator()
    pairKeys = (0..<(RowSet.shortLimit / 4)).map { _ in generator.next() }
    endKeys = (0..<8).map { _ in UInt128(generator.next()) << 64 | UInt128(generator.next()) }
    table = Array(repeating: .none, count: 1 << 12)
  }

  /// Takes a row; false where it was there.
  mutating func insert(_ row: UnsafeRawBufferPointer) -> Bool {
    var isNew = false
    insert([key(of: row)]) { isNew = $1 }
    return isNew
  }

  /// Takes rows by their keys, one after the other.
  ///
  /// - Parameter verdict: is told the place of each among the keys and whether it is new.
  mutating func insert(_ keys: [Key], _ verdict: (Int, Bool) -> Void) {
    while count + keys.count > table.count / 3 * 2 { grow() }
    table.withUnsafeMutableBufferPointer { table in
      for begin in stride(from: 0, to: keys.count, by: RowSet.readAhead) {
        let group = begin..<min(begin + RowSet.readAhead, keys.count)
        // These reads wait for memory together; behind one another in `place`, each would alone.
        for index in group { touched ^= table[RowSet.home(keys[index], table.count)].low }
        for index in group {
          let isNew = RowSet.place(keys[index], in: table)
          if isNew { count += 1 }
          verdict(index, isNew)
        }
      }
    }
  }

  /// What a row is known by in this set.
  func key(of row: UnsafeRawBufferPointer) -> Key {
    row.count <= RowSet.shortLimit ? shortKey(row) : RowSet.longKey(row)
  }

  /// Where the search for a key begins in a table of some size.
  private static func home(_ key: Key, _ size: Int) -> Int {
    Int(truncatingIfNeeded: key.low) & (size - 1)
  }

  /// Puts a key into a table with room; false where it is there.
  private static func place(_ key: Key, in table: UnsafeMutableBufferPointer<Key>) -> Bool {
    var place = home(key, table.count)
    while table[place] != .none {
      if table[place] == key { return false }
      place = (place + 1) & (table.count - 1)
    }
    table[place] = key
    return true
  }

  private mutating func grow() {
    var larger = Array(repeating: Key.none, count: table.count * 2)
    larger.withUnsafeMutableBufferPointer { larger in
      for key in table where key != .none { _ = RowSet.place(key, in: larger) }
    }
    table = larger
  }

  private func shortKey(_ row: UnsafeRawBufferPointer) -> Key {
    var first: UInt128 = 0
    var second: UInt128 = 0
    pairKeys.withUnsafeBufferPointer { keys in
      var key = 0
      var position = 0
      while position < row.count {
        let left = RowSet.word(row, position)
        let right = RowSet.word(row, position + 8)
        first &+= RowSet.product(left &+ keys[key], right &+ keys[key + 1])
        second &+= RowSet.product(left &+ keys[key + 2], right &+ keys[key + 3])
        position += 16
        key += 4
      }
    }
    return Key(
      high: end(first, length: row.count, keys: 0), low: end(second, length: row.count, keys: 4))
  }

  private static func product(_ left: UInt64, _ right: UInt64) -> UInt128 {
    let (high, low) = left.multipliedFullWidth(by: right)
    return UInt128(high) << 64 | UInt128(low)
  }

  /// 64 bits of a sum and of the row's length: rows that differ only in zeros at their end differ in
  /// length.
  private func end(_ sum: UInt128, length: Int, keys: Int) -> UInt64 {
    let low = UInt128(UInt64(truncatingIfNeeded: sum))
    let high = UInt128(UInt64(truncatingIfNeeded: sum >> 64))
    let mixed =
      endKeys[keys] &+ endKeys[keys + 1] &* low &+ endKeys[keys + 2] &* high
      &+ endKeys[keys + 3] &* UInt128(length)
    return UInt64(truncatingIfNeeded: mixed >> 64)
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

  private static func longKey(_ row: UnsafeRawBufferPointer) -> Key {
    SHA256.hash(data: row).withUnsafeBytes { digest in
      Key(
        high: digest.loadUnaligned(as: UInt64.self),
        low: digest.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }
  }
}
