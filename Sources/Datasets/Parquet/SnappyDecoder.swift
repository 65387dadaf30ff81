/// Snappy's format without frames, as Parquet's pages have it.
///
/// - SeeAlso: https://github.com/google/snappy/blob/main/format_description.txt
enum SnappyDecoder {
  private static let malformed = ParquetFault.damaged("a page is no whole Snappy block")

  /// - Parameter size: of what comes out, which the block has to say too, in bytes.
  static func decode(_ input: ArraySlice<UInt8>, size: Int) throws(ParquetFault) -> [UInt8] {
    var cursor = ByteCursor(Array(input))
    guard try cursor.varint() == UInt64(size) else { throw malformed }
    var output: [UInt8] = []
    // Three bytes become 64 at most; more is not believed before it is there.
    output.reserveCapacity(min(size, input.count * 22 + 64))
    while cursor.count > 0 {
      let tag = Int(try cursor.byte())
      switch tag & 3 {
      case 0:
        let length =
          tag >> 2 < 60 ? tag >> 2 + 1 : Int(try cursor.unsigned(bytes: tag >> 2 - 59)) + 1
        output += try cursor.slice(length)
      case 1:
        let offset = (tag >> 5) << 8 | Int(try cursor.byte())
        try BackReference.copy(tag >> 2 & 7 + 4, from: offset, in: &output)
      case 2:
        try BackReference.copy(
          tag >> 2 + 1, from: Int(try cursor.unsigned(bytes: 2)), in: &output)
      default:
        try BackReference.copy(
          tag >> 2 + 1, from: Int(try cursor.unsigned(bytes: 4)), in: &output)
      }
      guard output.count <= size else { throw malformed }
    }
    return output
  }
}

/// Bytes that were there before, as Snappy and LZ4 repeat them.
enum BackReference {
  /// - Parameter offset: how far back the copy begins; it may overlap with itself.
  static func copy(_ length: Int, from offset: Int, in output: inout [UInt8])
    throws(ParquetFault)
  {
    guard offset > 0, offset <= output.count else {
      throw .damaged("a compressed page repeats what was never there")
    }
    let start = output.count - offset
    if offset >= length {
      output += output[start..<start + length]
    } else {
      for index in 0..<length { output.append(output[start + index]) }
    }
  }
}
