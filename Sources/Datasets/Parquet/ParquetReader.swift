import JSON
import SystemPackage

/// Reads a Parquet file row by row, in memory bounded by a page of each column.
///
/// Flat and nested columns are read (structures, lists, maps); integers, decimals and floats keep
/// their value, dates and times become texts as RFC 3339 writes them. Every offset, length and count
/// of the file is checked. A row's line is its place in the file, from 1.
///
/// - SeeAlso: https://parquet.apache.org/docs/file-format/
final class ParquetReader: RowSource {
  /// The first and the last bytes of every file.
  static let magic = Array("PAR1".utf8)
  /// What a file begins with: the magic, and the first field of a description.
  static let head = magic + [0x15]

  private let file: ParquetFile
  private let schema: ParquetSchema
  private let groups: [ParquetMetadata.RowGroup]
  private let columns: ColumnSet
  private let rowLimit: Int
  /// Where the description begins: no column reaches further.
  private let end: Int
  private var group = 0
  private var assembler: RecordAssembler?
  private var leftInGroup = 0
  private var number = 0

  /// - Throws: `datasets.damaged_source`, `datasets.unsupported_source`, `datasets.file_failed`.
  init(_ path: FilePath, _ typings: [String: ValueTyping], rowLimit: Int) throws(DatasetsError) {
    let file = try ParquetFile(path)
    let (metadata, end): (ParquetMetadata, Int)
    let schema: ParquetSchema
    do throws(ParquetFault) {
      (metadata, end) = try ParquetReader.metadata(of: file)
      schema = try ParquetSchema(metadata.elements)
      try ParquetReader.check(metadata, schema)
    } catch {
      throw error.error(path.string)
    }
    columns = try ColumnSet(
      schema.columns.map(\.name), typings, rowLimit: rowLimit, source: path.string)
    self.file = file
    self.schema = schema
    self.end = end
    self.rowLimit = rowLimit
    groups = metadata.groups
  }

  func next() throws(DatasetsError) -> Row? {
    do throws(ParquetFault) {
      while leftInGroup == 0 {
        guard try nextGroup() else { return nil }
      }
      guard var assembler else { return nil }
      let cells = try assembler.next()
      self.assembler = assembler
      leftInGroup -= 1
      number += 1
      if number % 1024 == 0, Task.isCancelled { throw .failed(.interrupted(file.path.string)) }
      return columns.row(number) { cells[$0] }
    } catch {
      throw error.within("row group \(group)").error(file.path.string)
    }
  }

  /// Ends the row group that was read and begins the next; false where there is none.
  private func nextGroup() throws(ParquetFault) -> Bool {
    try assembler?.finish()
    assembler = nil
    guard group < groups.count else { return false }
    let next = groups[group]
    group += 1
    // Some writers put in a group that has nothing, and no places of columns either.
    guard next.rows > 0 else { return true }
    var columns: [ParquetColumn] = []
    for (leaf, chunk) in zip(schema.leaves, next.chunks) {
      do throws(ParquetFault) {
        columns.append(try ParquetColumn(leaf, chunk, of: file, before: end))
      } catch {
        throw error.within(leaf.place)
      }
    }
    leftInGroup = next.rows
    assembler = RecordAssembler(schema, columns, rowLimit: rowLimit)
    return true
  }

  /// The description at the end of the file, and where it begins.
  private static func metadata(of file: ParquetFile) throws(ParquetFault) -> (ParquetMetadata, Int)
  {
    guard file.size >= 12 else { throw .damaged("it has \(file.size) bytes only") }
    let tail = try file.read(8, at: file.size - 8)
    guard Array(tail[4...]) != Array("PARE".utf8) else { throw .unsupported("it is encrypted") }
    guard Array(tail[4...]) == magic, try file.read(4, at: 0) == magic else {
      throw .damaged("it does not end and begin with PAR1")
    }
    var cursor = ByteCursor(tail)
    let length = try cursor.length()
    guard length <= file.size - 12 else { throw .damaged("its description is longer than it") }
    guard length <= ParquetLimit.footer else {
      throw .unsupported("its description is longer than \(ParquetLimit.footer >> 20) MiB")
    }
    let start = file.size - 8 - length
    do throws(ParquetFault) {
      return (try ParquetMetadata(try file.read(length, at: start)), start)
    } catch {
      throw error.within("its description")
    }
  }

  private static func check(_ metadata: ParquetMetadata, _ schema: ParquetSchema)
    throws(ParquetFault)
  {
    var rows = 0
    for group in metadata.groups {
      guard group.chunks.count == schema.leaves.count else {
        throw .damaged("a row group has \(group.chunks.count) of \(schema.leaves.count) columns")
      }
      let (sum, isTooLarge) = rows.addingReportingOverflow(group.rows)
      guard !isTooLarge else { throw .damaged("it has more rows than can be counted") }
      rows = sum
    }
    guard rows == metadata.rows else {
      throw .damaged("its row groups have \(rows) rows, and it says \(metadata.rows)")
    }
  }
}
