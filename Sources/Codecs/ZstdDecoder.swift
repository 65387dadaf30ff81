import CZstd

/// Decompresses Zstandard (RFC 8878), several frames one after the other included.
///
/// A frame that says how large its content is never gives more: the library alone would find that
/// out at the frame's end, and hand out whatever comes before.
public final class ZstdDecoder: StreamDecoder {
  private let stream: OpaquePointer
  public private(set) var isWhole = false
  private var frame = FrameProgress()

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
    frame.take(input.prefix(source.pos), made: target.pos)
    guard !frame.isTooLarge else {
      throw .damaged(reason: "it decompresses to more than it says")
    }
    // 0 means that a frame has ended and all of it was handed out.
    if source.pos > 0 || target.pos > 0 { isWhole = result == 0 }
    if isWhole { frame = FrameProgress() }
    return (source.pos, target.pos)
  }
}

/// How far a decoder is in a frame, beside what the frame says about its size.
private struct FrameProgress {
  /// The beginning of the frame, until its header is whole.
  private var head: [UInt8] = []
  private var header: ZstdFrameHeader?
  private var made: UInt64 = 0

  /// Whether more was made than the frame says; false where it says nothing.
  var isTooLarge: Bool { header?.contentSize.map { made > $0 } ?? false }

  mutating func take(_ input: Slice<UnsafeRawBufferPointer>, made count: Int) {
    made += UInt64(count)
    guard header == nil, head.count < ZstdFrameHeader.longest else { return }
    head += input.prefix(ZstdFrameHeader.longest - head.count)
    // A header that is not whole yet, or a frame to be skipped, which has none.
    header = try? ZstdFrameHeader(head)
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
