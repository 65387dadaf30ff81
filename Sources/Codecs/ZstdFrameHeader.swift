/// What the header of a Zstandard frame says, as it stands: nothing of it is to be trusted before
/// the frame was decompressed.
///
/// - SeeAlso: RFC 8878, section 3.1.1.1.
public struct ZstdFrameHeader: Sendable, Equatable {
  /// Bytes of the header, the magic number included; 6 to 18.
  public let length: Int
  /// Bytes that the frame decompresses to; nil where it does not say.
  public let contentSize: UInt64?
  /// Bytes of memory that decompressing it takes.
  public let windowSize: UInt64
  public let hasChecksum: Bool
  /// The number of the dictionary that it needs; 0 for none.
  public let dictionary: UInt64

  /// Bytes that hold every header.
  public static let longest = 18

  /// - Parameter head: the first bytes of the frame, `longest` where there are so many.
  /// - Throws: `codecs.damaged` where they are no header or end inside it.
  public init(_ head: [UInt8]) throws(CodecError) {
    var fields = HeaderFields(head)
    guard head.starts(with: CompressionFormat.zstd.magic) else {
      throw .damaged(reason: "it is no Zstandard frame")
    }
    _ = try fields.number(4)
    let descriptor = Int(try fields.number(1))
    guard descriptor & 0x08 == 0 else {
      throw .damaged(reason: "the header of its frame sets a reserved bit")
    }
    let isSingleSegment = descriptor & 0x20 != 0
    hasChecksum = descriptor & 0x04 != 0
    let window = isSingleSegment ? nil : try fields.number(1)
    dictionary = try fields.number([0, 1, 2, 4][descriptor & 3])
    switch descriptor >> 6 {
    case 0: contentSize = isSingleSegment ? try fields.number(1) : nil
    // Smaller ones fit one byte.
    case 1: contentSize = try fields.number(2) + 256
    case 2: contentSize = try fields.number(4)
    default: contentSize = try fields.number(8)
    }
    if let window {
      let base = UInt64(1) << (10 + window >> 3)
      windowSize = base + base / 8 * (window & 7)
    } else {
      windowSize = contentSize ?? 0
    }
    length = fields.position
  }
}

/// Little-endian numbers one after the other.
private struct HeaderFields {
  private let bytes: [UInt8]
  private(set) var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The number in the next bytes, at most 8.
  mutating func number(_ count: Int) throws(CodecError) -> UInt64 {
    guard position + count <= bytes.count else { throw .damaged(reason: "it ends in the middle") }
    defer { position += count }
    return bytes[position..<position + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
