/// Finds the end of a Zstandard frame by the headers of its blocks, without decompressing any.
///
/// Whoever reads the file hands in the three bytes at `nextBlock` until there is none left.
///
/// - SeeAlso: RFC 8878, section 3.1.1.2.
public struct ZstdFrameWalk: Sendable {
  /// Where the next block's header lies, in bytes from the frame's beginning; nil after the last.
  public private(set) var nextBlock: Int64?
  /// Bytes of the whole frame; known after the last block.
  public private(set) var length: Int64?
  private let hasChecksum: Bool

  /// Bytes of a block's header.
  public static let blockHeader = 3

  public init(_ header: ZstdFrameHeader) {
    nextBlock = Int64(header.length)
    hasChecksum = header.hasChecksum
  }

  /// Takes the header of the next block.
  ///
  /// - Parameter header: the bytes at `nextBlock`: three, fewer where the file ends.
  /// - Throws: `codecs.damaged`.
  public mutating func take(_ header: [UInt8]) throws(CodecError) {
    guard let place = nextBlock, header.count == Self.blockHeader else {
      throw .damaged(reason: "it ends in the middle")
    }
    let fields = Int64(header[0]) | Int64(header[1]) << 8 | Int64(header[2]) << 16
    let size = fields >> 3
    let content: Int64
    switch fields >> 1 & 3 {
    case 1: content = 1  // One byte, repeated.
    case 3: throw .damaged(reason: "a block of its frame is of no known type")
    default: content = size
    }
    let end = place + Int64(Self.blockHeader) + content
    if fields & 1 == 1 {
      nextBlock = nil
      length = end + (hasChecksum ? 4 : 0)
    } else {
      nextBlock = end
    }
  }
}
