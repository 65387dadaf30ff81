import Codecs
/// Walks through the values of one column of a row group, page by page.
///
/// Every step has levels: `definition` says how much of the path to the value is there, `repetition`
/// at which list it goes on.
final class ParquetColumn {
  private static let headerWindow = 16 << 10

  let leaf: ParquetLeaf
  /// Of the present step.
  private(set) var definition = 0
  private(set) var repetition = 0
  /// Whether all steps were taken.
  private(set) var isAtEnd = false

  private let file: ParquetFile
  private let compression: PageCompression
  /// Of the next page's header.
  private var offset: Int
  private let end: Int
  private var left: Int
  private var leftInPage = 0
  private var definitions: HybridDecoder?
  private var repetitions: HybridDecoder?
  private var values: (any ValueDecoder)?
  private var dictionary: [ParquetPrimitive]?
  private var heldByPage = 0

  init(_ leaf: ParquetLeaf, _ chunk: ParquetMetadata.Chunk, of file: ParquetFile, before limit: Int)
    throws(ParquetFault)
  {
    guard chunk.start >= 4, chunk.start <= limit, chunk.size <= limit - chunk.start else {
      throw .damaged("it refers to what lies beyond its end")
    }
    self.leaf = leaf
    self.file = file
    compression = try PageCompression(codec: chunk.codec)
    offset = chunk.start
    end = chunk.start + chunk.size
    left = chunk.values
    try advance()
  }

  /// Takes the value of the present step and goes to the next; nil where the path ends before.
  func take() throws(ParquetFault) -> ParquetPrimitive? {
    let value = definition == leaf.definition ? try values?.next() : nil
    try advance()
    return value
  }

  /// Goes to the next step without looking at a value, where there is none.
  func advance() throws(ParquetFault) {
    guard left > 0 else {
      isAtEnd = true
      (definition, repetition) = (0, 0)
      return
    }
    while leftInPage == 0 { try loadPage() }
    left -= 1
    leftInPage -= 1
    repetition = Int(try repetitions?.next() ?? 0)
    definition = Int(try definitions?.next() ?? 0)
    guard definition <= leaf.definition, repetition <= leaf.repeating else {
      throw .damaged("a level is higher than the column has any")
    }
  }

  private func loadPage() throws(ParquetFault) {
    guard offset < end else { throw .damaged("\(left) of its values are missing") }
    let header = try header()
    let start = offset + header.length
    guard header.compressed <= end - start else {
      throw .damaged("a page reaches beyond its column")
    }
    offset = start + header.compressed
    if header.kind == .index { return }
    let limit = header.kind == .dictionary ? ParquetLimit.dictionary : ParquetLimit.page
    guard header.uncompressed <= limit, header.compressed <= limit else {
      throw .unsupported("a page has more than \(limit >> 20) MiB")
    }
    try release()
    try file.hold(header.uncompressed + header.compressed)
    heldByPage = header.uncompressed + header.compressed
    let bytes = try file.read(header.compressed, at: start)
    if let checksum = header.checksum, checksum != CRC32.of(bytes) {
      throw .damaged("the checksum of a page does not match")
    }
    if header.kind == .dictionary {
      try loadDictionary(header, bytes)
    } else {
      guard header.values <= left else { throw .damaged("its pages have more values than it") }
      try loadValues(header, bytes)
      leftInPage = header.values
    }
  }

  private func release() throws(ParquetFault) {
    try file.hold(-heldByPage)
    heldByPage = 0
  }

  /// Gives back what is held, at the end of the row group.
  func close() throws(ParquetFault) {
    try release()
    try file.hold(-(dictionary?.count ?? 0) * MemoryLayout<ParquetPrimitive>.stride)
    dictionary = nil
  }

  /// A header's length is not known before; statistics can make it long.
  private func header() throws(ParquetFault) -> PageHeader {
    var window = ParquetColumn.headerWindow
    while true {
      let count = min(window, end - offset)
      do throws(ParquetFault) {
        return try PageHeader(ByteCursor(try file.read(count, at: offset)))
      } catch {
        guard case .damaged = error, count < end - offset, window < ParquetLimit.pageHeader else {
          throw error
        }
        window *= 16
      }
    }
  }

  private func loadDictionary(_ header: PageHeader, _ bytes: [UInt8]) throws(ParquetFault) {
    guard dictionary == nil else { throw .damaged("it has two dictionaries") }
    let plain = try compression.decompress(bytes[...], size: header.uncompressed, of: file.path)
    try file.hold(header.values * MemoryLayout<ParquetPrimitive>.stride)
    dictionary = try PageValues.dictionary(header, plain, leaf.type)
  }

  private func loadValues(_ header: PageHeader, _ bytes: [UInt8]) throws(ParquetFault) {
    var cursor: ByteCursor
    if case .dataV2(let definitionBytes, let repetitionBytes, let isCompressed) = header.kind {
      var levels = ByteCursor(bytes)
      repetitions = levelDecoder(try levels.part(repetitionBytes), leaf.repeating)
      definitions = levelDecoder(try levels.part(definitionBytes), leaf.definition)
      let size = header.uncompressed - repetitionBytes - definitionBytes
      guard size >= 0 else { throw .damaged("the levels of a page are longer than the page") }
      let codec = isCompressed ? compression : .none
      // A page of nulls only may have nothing to decompress.
      cursor = ByteCursor(
        levels.count == 0 && size == 0
          ? []
          : try codec.decompress(bytes[levels.position...], size: size, of: file.path))
    } else {
      let plain = try compression.decompress(bytes[...], size: header.uncompressed, of: file.path)
      cursor = ByteCursor(plain)
      repetitions = try levels(&cursor, leaf.repeating, header.levelEncodings.last)
      definitions = try levels(&cursor, leaf.definition, header.levelEncodings.first)
    }
    values = try PageValues.decoder(header.encoding, cursor, leaf.type, dictionary: dictionary)
  }

  private func levels(_ cursor: inout ByteCursor, _ highest: Int, _ encoding: Int?)
    throws(ParquetFault) -> HybridDecoder?
  {
    guard highest > 0 else { return nil }
    guard encoding == 3 else { throw .unsupported("its levels are packed as before Parquet 1.0") }
    return levelDecoder(try cursor.part(try cursor.length()), highest)
  }

  private func levelDecoder(_ cursor: ByteCursor, _ highest: Int) -> HybridDecoder? {
    guard highest > 0 else { return nil }
    return HybridDecoder(cursor, width: Int.bitWidth - highest.leadingZeroBitCount)
  }
}
