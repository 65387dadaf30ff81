/// Reads Thrift's compact protocol, which Parquet describes itself in, field by field.
///
/// - SeeAlso: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
struct ThriftReader {
  /// The types of fields, by their number on the wire.
  enum Kind: UInt8 {
    case stop, yes, no, byte, short, int, long, double, binary, list, set, map, structure, uuid

    var isBoolean: Bool { self == .yes || self == .no }
    var isInteger: Bool { self == .byte || self == .short || self == .int || self == .long }
  }

  private(set) var cursor: ByteCursor

  init(_ cursor: ByteCursor) { self.cursor = cursor }

  /// The next field of a structure; nil at its end.
  ///
  /// - Parameter last: the number of the field before, 0 at first.
  mutating func field(after last: inout Int) throws(ParquetFault) -> Kind? {
    let head = try cursor.byte()
    let kind = try ThriftReader.kind(head & 0x0F)
    if kind == .stop { return nil }
    last =
      head >> 4 == 0 ? Int(Int16(truncatingIfNeeded: try cursor.zigzag())) : last + Int(head >> 4)
    return kind
  }

  /// A number of any of the integer types.
  mutating func integer(_ kind: Kind) throws(ParquetFault) -> Int64 {
    guard kind.isInteger else { throw .damaged("a number was expected in its description") }
    return kind == .byte
      ? Int64(Int8(bitPattern: try cursor.byte())) : try cursor.zigzag()
  }

  /// A number that is a size, count or offset.
  mutating func size(_ kind: Kind) throws(ParquetFault) -> Int {
    let value = try integer(kind)
    guard value >= 0 else { throw .damaged("a size or place is negative") }
    return Int(value)
  }

  mutating func boolean(_ kind: Kind) throws(ParquetFault) -> Bool {
    guard kind.isBoolean else { throw .damaged("a truth value was expected in its description") }
    return kind == .yes
  }

  mutating func string(_ kind: Kind) throws(ParquetFault) -> String {
    guard kind == .binary else { throw .damaged("a name was expected in its description") }
    let bytes = try binary()
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .damaged("a name in its description is not valid UTF-8")
    }
    return text
  }

  /// The number of elements of a list and their type; each takes a byte at least.
  mutating func list(_ kind: Kind) throws(ParquetFault) -> (count: Int, element: Kind) {
    guard kind == .list || kind == .set else {
      throw .damaged("a list was expected in its description")
    }
    let head = try cursor.byte()
    let count = head >> 4 == 15 ? try cursor.varint() : UInt64(head >> 4)
    guard count <= UInt64(cursor.count) else { throw ByteCursor.tooShort }
    return (Int(count), try ThriftReader.kind(head & 0x0F))
  }

  /// A list whose elements are structures; gives their number.
  mutating func structures(_ kind: Kind) throws(ParquetFault) -> Int {
    let list = try list(kind)
    guard list.count == 0 || list.element == .structure else {
      throw .damaged("a list of structures was expected in its description")
    }
    return list.count
  }

  /// Steps over a value.
  mutating func skip(_ kind: Kind, depth: Int = 0) throws(ParquetFault) {
    guard depth < ParquetLimit.depth else { throw .damaged("its description is nested too deeply") }
    switch kind {
    case .stop, .yes, .no: break
    case .byte: try cursor.skip(1)
    case .short, .int, .long: _ = try cursor.varint()
    case .double: try cursor.skip(8)
    case .uuid: try cursor.skip(16)
    case .binary: _ = try binary()
    case .list, .set:
      let list = try list(kind)
      for _ in 0..<list.count { try skipElement(list.element, depth) }
    case .map:
      let count = try cursor.varint()
      guard count > 0 else { return }
      let kinds = try cursor.byte()
      let (key, value) = (try ThriftReader.kind(kinds >> 4), try ThriftReader.kind(kinds & 0x0F))
      guard count <= UInt64(cursor.count) else { throw ByteCursor.tooShort }
      for _ in 0..<count {
        try skipElement(key, depth)
        try skipElement(value, depth)
      }
    case .structure:
      var last = 0
      while let kind = try field(after: &last) { try skip(kind, depth: depth + 1) }
    }
  }

  /// Within lists a truth value has a byte of its own.
  private mutating func skipElement(_ kind: Kind, _ depth: Int) throws(ParquetFault) {
    if kind.isBoolean { try cursor.skip(1) } else { try skip(kind, depth: depth + 1) }
  }

  private mutating func binary() throws(ParquetFault) -> ArraySlice<UInt8> {
    let count = try cursor.varint()
    guard count <= UInt64(cursor.count) else { throw ByteCursor.tooShort }
    return try cursor.slice(Int(count))
  }

  private static func kind(_ number: UInt8) throws(ParquetFault) -> Kind {
    guard let kind = Kind(rawValue: number) else {
      throw .damaged("its description has a value of no known type")
    }
    return kind
  }
}
