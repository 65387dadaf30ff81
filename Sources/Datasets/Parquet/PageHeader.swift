/// What stands before every page of a column.
struct PageHeader {
  enum Kind: Equatable {
    case data, index, dictionary
    /// Levels stand before the values, uncompressed.
    case dataV2(definitionBytes: Int, repetitionBytes: Int, isCompressed: Bool)
  }

  private(set) var kind = Kind.index
  /// After decompression, in bytes, as is `compressed` before it.
  private(set) var uncompressed = 0
  private(set) var compressed = 0
  /// Of the bytes as they are in the file.
  private(set) var checksum: UInt32?
  /// Nulls included.
  private(set) var values = 0
  private(set) var encoding = 0
  /// Of the levels of data pages of the first version.
  private(set) var levelEncodings: [Int] = []
  /// Bytes of the header itself.
  private(set) var length = 0

  init(_ cursor: ByteCursor) throws(ParquetFault) {
    var reader = ThriftReader(cursor)
    var number = 0
    var type: Int64 = -1
    var found: Kind?
    while let kind = try reader.field(after: &number) {
      switch number {
      case 1: type = try reader.integer(kind)
      case 2: uncompressed = try reader.size(kind)
      case 3: compressed = try reader.size(kind)
      case 4: checksum = UInt32(truncatingIfNeeded: try reader.integer(kind))
      case 5 where kind == .structure && type == 0:
        try readData(&reader)
        found = .data
      case 7 where kind == .structure && type == 2:
        try readDictionary(&reader)
        found = .dictionary
      case 8 where kind == .structure && type == 3: found = try readDataV2(&reader)
      default: try reader.skip(kind)
      }
    }
    guard let kind = type == 1 ? .index : found else {
      throw .damaged("a page is of no known type")
    }
    self.kind = kind
    length = reader.cursor.position - cursor.position
  }

  private mutating func readData(_ reader: inout ThriftReader) throws(ParquetFault) {
    var number = 0
    while let kind = try reader.field(after: &number) {
      switch number {
      case 1: values = try reader.size(kind)
      case 2: encoding = try reader.size(kind)
      case 3, 4: levelEncodings.append(try reader.size(kind))
      default: try reader.skip(kind)
      }
    }
  }

  private mutating func readDictionary(_ reader: inout ThriftReader) throws(ParquetFault) {
    var number = 0
    while let kind = try reader.field(after: &number) {
      switch number {
      case 1: values = try reader.size(kind)
      case 2: encoding = try reader.size(kind)
      default: try reader.skip(kind)
      }
    }
  }

  private mutating func readDataV2(_ reader: inout ThriftReader) throws(ParquetFault) -> Kind {
    var number = 0
    var (definition, repetition, isCompressed) = (0, 0, true)
    while let kind = try reader.field(after: &number) {
      switch number {
      case 1: values = try reader.size(kind)
      case 4: encoding = try reader.size(kind)
      case 5: definition = try reader.size(kind)
      case 6: repetition = try reader.size(kind)
      case 7: isCompressed = try reader.boolean(kind)
      default: try reader.skip(kind)
      }
    }
    return .dataV2(
      definitionBytes: definition, repetitionBytes: repetition, isCompressed: isCompressed)
  }
}
