import CZstd

/// Compresses into one Zstandard frame (RFC 8878) that ends with a checksum of its content, and says
/// how large that is where it is known beforehand.
public final class ZstdEncoder {
  private let context: OpaquePointer

  /// - Parameters:
  ///   - contentSize: Bytes that will be given, neither fewer nor more; at least 0. Nil where nobody
  ///     knows: the frame does not say it then, and `ZstdFrameHeader.stating` can make it.
  ///   - level: 1 is fastest; at most 19.
  /// - Throws: `codecs.no_memory`.
  public init(contentSize: Int64?, level: Int) throws(CodecError) {
    guard let context = ZSTD_createCCtx() else { throw .noMemory }
    self.context = context
    for (parameter, value) in [
      (ZSTD_c_compressionLevel, min(max(level, 1), 19)), (ZSTD_c_checksumFlag, 1),
      (ZSTD_c_contentSizeFlag, contentSize == nil ? 0 : 1),
    ] {
      _ = try ZstdResult.check(ZSTD_CCtx_setParameter(context, parameter, Int32(value)))
    }
    guard let contentSize else { return }
    _ = try ZstdResult.check(ZSTD_CCtx_setPledgedSrcSize(context, UInt64(max(contentSize, 0))))
  }

  deinit { ZSTD_freeCCtx(context) }

  /// Compresses as much as there is input and room for.
  ///
  /// - Returns: how many bytes were taken and how many were made.
  /// - Throws: `codecs.damaged` where more was given than announced.
  public func encode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(CodecError) -> (taken: Int, made: Int) {
    let step = try run(input, output, ZSTD_e_continue)
    return (step.taken, step.made)
  }

  /// Writes what is left of the frame, as much as there is room for.
  ///
  /// - Returns: how many bytes were made, and whether that was all.
  /// - Throws: `codecs.damaged` where less was given than announced.
  public func finish(into output: UnsafeMutableRawBufferPointer) throws(CodecError) -> (
    made: Int, isDone: Bool
  ) {
    let step = try run(UnsafeRawBufferPointer(start: nil, count: 0), output, ZSTD_e_end)
    return (step.made, step.left == 0)
  }

  private func run(
    _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer,
    _ directive: ZSTD_EndDirective
  ) throws(CodecError) -> (taken: Int, made: Int, left: Int) {
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let left = try ZstdResult.check(
      ZSTD_compressStream2(context, &target, &source, directive))
    return (source.pos, target.pos, left)
  }
}
