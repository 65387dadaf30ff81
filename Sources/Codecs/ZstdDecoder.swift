import CZstd

/// Decompresses Zstandard (RFC 8878), several frames one after the other included.
public final class ZstdDecoder: StreamDecoder {
  private let stream: OpaquePointer
  public private(set) var isWhole = false

  /// - Parameter windowLog: Frames that need a window of more than 2 to this many bytes are
  ///   refused before memory is taken for it; 10 to 30.
  /// - Throws: `codecs.no_memory`.
  public init(windowLog: Int = 27) throws(CodecError) {
    guard let stream = ZSTD_createDStream() else { throw .noMemory }
    self.stream = stream
    // Refused only where the number is out of range; then the library's own limit stays.
    _ = ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, Int32(clamping: windowLog))
  }

  deinit { ZSTD_freeDStream(stream) }

  public func decode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(CodecError) -> (taken: Int, made: Int) {
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let result = try ZstdResult.check(ZSTD_decompressStream(stream, &target, &source))
    // 0 means that a frame has ended and all of it was handed out.
    if source.pos > 0 || target.pos > 0 { isWhole = result == 0 }
    return (source.pos, target.pos)
  }
}

/// What the functions of the library return: a number or the code of an error.
enum ZstdResult {
  /// - Throws: `codecs.damaged`, `codecs.no_memory`.
  static func check(_ result: Int) throws(CodecError) -> Int {
    guard mlops_zstd_is_error(result) != 0 else { return result }
    if mlops_zstd_is_out_of_memory(result) != 0 { throw .noMemory }
    // The library makes its room for as much as the frame says.
    if mlops_zstd_is_out_of_room(result) != 0 {
      throw .damaged(reason: "it decompresses to more than it says")
    }
    throw .damaged(reason: String(cString: ZSTD_getErrorName(result)))
  }
}
