/// Chooses how the values of a page are read.
enum PageValues {
  /// - Parameters:
  ///   - encoding: its number in the format.
  ///   - dictionary: nil where the column has none.
  static func decoder(
    _ encoding: Int, _ cursor: ByteCursor, _ type: ParquetType, dictionary: [ParquetPrimitive]?
  ) throws(ParquetFault) -> any ValueDecoder {
    let isInteger = type.physical == .int32 || type.physical == .int64
    switch encoding {
    case 0: return PlainDecoder(cursor, type)
    case 2, 8:
      guard let dictionary else { throw .damaged("a page needs a dictionary that is not there") }
      return try DictionaryDecoder(cursor, dictionary)
    case 3 where type.physical == .boolean: return try RunDecoder(cursor)
    case 5 where isInteger: return try DeltaNumberDecoder(cursor, type)
    case 6 where type.physical == .bytes: return try DeltaLengthDecoder(cursor)
    case 7 where type.physical == .bytes || type.physical == .fixed:
      return try DeltaBytesDecoder(cursor)
    case 9: return try SplitDecoder(cursor, type)
    case 3...7: throw .damaged("encoding \(encoding) is not one for values of this type")
    default: throw .unsupported("its values have the encoding \(encoding)")
    }
  }

  /// The values of a dictionary's page.
  static func dictionary(_ header: PageHeader, _ bytes: [UInt8], _ type: ParquetType)
    throws(ParquetFault) -> [ParquetPrimitive]
  {
    guard header.encoding == 0 || header.encoding == 2 else {
      throw .unsupported("a dictionary has the encoding \(header.encoding)")
    }
    // Every value has a byte at least, so this many do not take memory for nothing.
    guard header.values <= bytes.count * (type.physical == .boolean ? 8 : 1) else {
      throw ByteCursor.tooShort
    }
    let decoder = PlainDecoder(ByteCursor(bytes), type)
    var values: [ParquetPrimitive] = []
    for _ in 0..<header.values { values.append(try decoder.next()) }
    return values
  }
}
