/// Gives the values of a page one after the other; nulls are not among them.
protocol ValueDecoder: AnyObject {
  /// - Throws: `ParquetFault.damaged` past the end.
  func next() throws(ParquetFault) -> ParquetPrimitive
}

/// Values as they are.
final class PlainDecoder: ValueDecoder {
  private var cursor: ByteCursor
  private let type: ParquetType
  private var bit = 0

  init(_ cursor: ByteCursor, _ type: ParquetType) {
    self.cursor = cursor
    self.type = type
  }

  func next() throws(ParquetFault) -> ParquetPrimitive {
    switch type.physical {
    case .boolean:
      defer { bit += 1 }
      return .boolean(try cursor.bits(1, at: cursor.position * 8 + bit) == 1)
    case .bytes: return .bytes(try cursor.slice(try cursor.length()))
    default: return try type.primitive(&cursor)
    }
  }
}

extension ParquetType {
  /// A value of fixed width, little-endian where it is a number.
  func primitive(_ cursor: inout ByteCursor) throws(ParquetFault) -> ParquetPrimitive {
    switch physical {
    case .int32:
      let bits = UInt32(truncatingIfNeeded: try cursor.unsigned(bytes: 4))
      return .integer(Int64(Int32(bitPattern: bits)))
    case .int64: return .integer(Int64(bitPattern: try cursor.unsigned(bytes: 8)))
    case .float:
      let bits = UInt32(truncatingIfNeeded: try cursor.unsigned(bytes: 4))
      return .float(Float(bitPattern: bits))
    case .double: return .double(Double(bitPattern: try cursor.unsigned(bytes: 8)))
    default: return .bytes(try cursor.slice(width ?? 0))
    }
  }

  /// An integer as the column stores it.
  func primitive(_ value: Int64) -> ParquetPrimitive {
    .integer(physical == .int32 ? Int64(Int32(truncatingIfNeeded: value)) : value)
  }
}

/// Places in the column's dictionary.
final class DictionaryDecoder: ValueDecoder {
  private var places: HybridDecoder
  private let dictionary: [ParquetPrimitive]

  init(_ cursor: ByteCursor, _ dictionary: [ParquetPrimitive]) throws(ParquetFault) {
    var cursor = cursor
    // A page of nulls only may have nothing at all.
    let width = cursor.count == 0 ? 0 : Int(try cursor.byte())
    guard width <= 32 else { throw .damaged("places in a dictionary have \(width) bits") }
    places = HybridDecoder(cursor, width: width)
    self.dictionary = dictionary
  }

  func next() throws(ParquetFault) -> ParquetPrimitive {
    let place = Int(try places.next())
    guard place < dictionary.count else {
      throw .damaged("a value is number \(place) of a dictionary of \(dictionary.count)")
    }
    return dictionary[place]
  }
}

/// Truth values as runs.
final class RunDecoder: ValueDecoder {
  private var runs: HybridDecoder

  init(_ cursor: ByteCursor) throws(ParquetFault) {
    var cursor = cursor
    let length = cursor.count == 0 ? 0 : try cursor.length()
    runs = HybridDecoder(try cursor.part(length), width: 1)
  }

  func next() throws(ParquetFault) -> ParquetPrimitive { .boolean(try runs.next() == 1) }
}

/// Whole numbers as differences.
final class DeltaNumberDecoder: ValueDecoder {
  private var numbers: DeltaDecoder
  private let type: ParquetType

  init(_ cursor: ByteCursor, _ type: ParquetType) throws(ParquetFault) {
    numbers = try DeltaDecoder(cursor)
    self.type = type
  }

  func next() throws(ParquetFault) -> ParquetPrimitive { type.primitive(try numbers.next()) }
}

/// Texts whose lengths stand before all of them.
final class DeltaLengthDecoder: ValueDecoder {
  private var lengths: DeltaDecoder
  private var texts: ByteCursor

  init(_ cursor: ByteCursor) throws(ParquetFault) {
    lengths = try DeltaDecoder(cursor)
    texts = try lengths.rest()
  }

  func next() throws(ParquetFault) -> ParquetPrimitive { .bytes(try slice()) }

  func slice() throws(ParquetFault) -> ArraySlice<UInt8> {
    try texts.slice(Int(try lengths.next()))
  }
}

/// Texts that begin like the one before.
final class DeltaBytesDecoder: ValueDecoder {
  private var prefixes: DeltaDecoder
  private let suffixes: DeltaLengthDecoder
  private var last: [UInt8] = []

  init(_ cursor: ByteCursor) throws(ParquetFault) {
    prefixes = try DeltaDecoder(cursor)
    suffixes = try DeltaLengthDecoder(try prefixes.rest())
  }

  func next() throws(ParquetFault) -> ParquetPrimitive {
    let shared = Int(try prefixes.next())
    guard shared >= 0, shared <= last.count else {
      throw .damaged("a text shares \(shared) bytes with one of \(last.count)")
    }
    last = Array(last[..<shared] + (try suffixes.slice()))
    return .bytes(last[...])
  }
}

/// Values of fixed width, the first bytes of all of them, then the second ones, and so on.
final class SplitDecoder: ValueDecoder {
  private let cursor: ByteCursor
  private let type: ParquetType
  private let width: Int
  private let count: Int
  private var index = 0

  init(_ cursor: ByteCursor, _ type: ParquetType) throws(ParquetFault) {
    guard let width = type.width, cursor.count.isMultiple(of: width) else {
      throw .damaged("a page of split bytes has a part of a value")
    }
    self.cursor = cursor
    self.type = type
    self.width = width
    count = cursor.count / width
  }

  func next() throws(ParquetFault) -> ParquetPrimitive {
    guard index < count else { throw ByteCursor.tooShort }
    defer { index += 1 }
    var one = ByteCursor(
      (0..<width).map { cursor.bytes[cursor.position + $0 * count + index] })
    return try type.primitive(&one)
  }
}
