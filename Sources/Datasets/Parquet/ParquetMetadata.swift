/// What the end of a Parquet file says about it.
///
/// - SeeAlso: https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
struct ParquetMetadata {
  /// The values of one column of a row group.
  struct Chunk {
    var codec = 0
    /// How many values, nulls included.
    var values = 0
    /// Bytes of all pages, from `start`.
    var size = 0
    var dataStart = 0
    var dictionaryStart: Int?

    /// Where its first page begins: the dictionary, where there is one.
    var start: Int { dictionaryStart.map { $0 > 0 ? min($0, dataStart) : dataStart } ?? dataStart }
  }

  struct RowGroup {
    var rows = 0
    var chunks: [Chunk] = []
  }

  private(set) var elements: [ParquetSchemaElement] = []
  private(set) var rows = 0
  private(set) var groups: [RowGroup] = []

  init(_ bytes: [UInt8]) throws(ParquetFault) {
    var reader = ThriftReader(ByteCursor(bytes))
    var number = 0
    while let kind = try reader.field(after: &number) {
      switch number {
      case 2:
        for _ in 0..<(try reader.structures(kind)) {
          guard elements.count <= ParquetLimit.fields else {
            throw .unsupported("it has more than \(ParquetLimit.fields) columns")
          }
          elements.append(try ParquetSchemaElement(&reader))
        }
      case 3: rows = try reader.size(kind)
      case 4:
        for _ in 0..<(try reader.structures(kind)) {
          groups.append(try ParquetMetadata.group(&reader))
        }
      case 8: throw .unsupported("it is encrypted")
      default: try reader.skip(kind)
      }
    }
  }

  private static func group(_ reader: inout ThriftReader) throws(ParquetFault) -> RowGroup {
    var group = RowGroup()
    var number = 0
    while let kind = try reader.field(after: &number) {
      switch number {
      case 1:
        for _ in 0..<(try reader.structures(kind)) { group.chunks.append(try chunk(&reader)) }
      case 3: group.rows = try reader.size(kind)
      default: try reader.skip(kind)
      }
    }
    return group
  }

  private static func chunk(_ reader: inout ThriftReader) throws(ParquetFault) -> Chunk {
    var chunk: Chunk?
    var number = 0
    while let kind = try reader.field(after: &number) {
      switch number {
      case 1: throw .unsupported("its columns are in other files")
      case 3 where kind == .structure: chunk = try metadata(&reader)
      case 8, 9: throw .unsupported("its columns are encrypted")
      default: try reader.skip(kind)
      }
    }
    // A file of many columns that say nothing would take memory for each.
    guard let chunk else { throw .damaged("a column of a row group is not described") }
    return chunk
  }

  private static func metadata(_ reader: inout ThriftReader) throws(ParquetFault) -> Chunk {
    var chunk = Chunk()
    var number = 0
    var found = 0
    while let kind = try reader.field(after: &number) {
      switch number {
      case 4: chunk.codec = try reader.size(kind)
      case 5: chunk.values = try reader.size(kind)
      case 7: chunk.size = try reader.size(kind)
      case 9: chunk.dataStart = try reader.size(kind)
      case 11: chunk.dictionaryStart = try reader.size(kind)
      default: try reader.skip(kind)
      }
      if [4, 5, 7, 9].contains(number) { found += 1 }
    }
    guard found == 4 else { throw .damaged("a column of a row group is described in part only") }
    return chunk
  }
}
