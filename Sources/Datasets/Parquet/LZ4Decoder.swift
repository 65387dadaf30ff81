/// LZ4's block format, as Parquet's codec LZ4_RAW has it.
///
/// - SeeAlso: https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
enum LZ4Decoder {
  /// - Parameter size: of what comes out at most, in bytes.
  static func decode(_ input: ArraySlice<UInt8>, size: Int) throws(ParquetFault) -> [UInt8] {
    var cursor = ByteCursor(Array(input))
    var output: [UInt8] = []
    output.reserveCapacity(min(size, input.count * 8))
    while true {
      let token = Int(try cursor.byte())
      output += try cursor.slice(try length(token >> 4, &cursor))
      // The last sequence has no copy.
      if cursor.count == 0 { break }
      let offset = Int(try cursor.unsigned(bytes: 2))
      let count = try length(token & 15, &cursor) + 4
      guard output.count + count <= size else { throw .damaged("a page is longer than it says") }
      try BackReference.copy(count, from: offset, in: &output)
    }
    return output
  }

  /// A length of four bits, which bytes follow where it is full.
  private static func length(_ first: Int, _ cursor: inout ByteCursor) throws(ParquetFault) -> Int {
    var length = first
    guard first == 15 else { return length }
    while true {
      let more = Int(try cursor.byte())
      length += more
      if more < 255 { return length }
    }
  }
}
