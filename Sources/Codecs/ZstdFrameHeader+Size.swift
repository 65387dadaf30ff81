extension ZstdFrameHeader {
  /// Bytes by which `stating` makes a header longer.
  public static let sizeField = 8

  /// The header of a frame that does not say how large its content is, made to say it.
  ///
  /// Nothing else of a frame depends on its header, so whoever compresses what is still being made
  /// leaves room for it and writes it at the end.
  /// - Parameters:
  ///   - contentSize: bytes; at least 0.
  ///   - head: the first bytes of the frame, `longest` where there are so many.
  /// - Returns: the header alone, `sizeField` bytes longer.
  /// - Throws: `codecs.damaged` where they are no header, or one that says a size.
  public static func stating(contentSize: Int64, in head: [UInt8]) throws(CodecError) -> [UInt8] {
    let header = try ZstdFrameHeader(head)
    guard header.contentSize == nil else {
      throw .damaged(reason: "the header of its frame says a size already")
    }
    var stating = Array(head.prefix(header.length))
    stating[4] |= 0xC0  // The size has 8 bytes. It is the last field, and without one these are 0.
    let size = UInt64(max(contentSize, 0))
    return stating + (0..<sizeField).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) }
  }
}
