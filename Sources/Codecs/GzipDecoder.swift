import CZlib

/// Decompresses gzip (RFC 1952), several members one after the other included.
public final class GzipDecoder: StreamDecoder {
  private let stream: UnsafeMutablePointer<z_stream>
  public private(set) var isWhole = false

  /// - Throws: `codecs.no_memory`.
  public init() throws(CodecError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard mlops_inflate_init(stream) == Z_OK else { throw .noMemory }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  public func decode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(CodecError) -> (taken: Int, made: Int) {
    guard !input.isEmpty else { return (0, 0) }
    if isWhole {
      guard inflateReset(stream) == Z_OK else { throw damaged() }
      isWhole = false
    }
    let bytes = input.assumingMemoryBound(to: UInt8.self)
    stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
    stream.pointee.avail_in = UInt32(clamping: input.count)
    stream.pointee.next_out = output.assumingMemoryBound(to: UInt8.self).baseAddress
    stream.pointee.avail_out = UInt32(clamping: output.count)
    let (offered, room) = (stream.pointee.avail_in, stream.pointee.avail_out)
    let result = inflate(stream, Z_NO_FLUSH)
    switch result {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END: isWhole = true
    default: throw damaged()
    }
    return (Int(offered - stream.pointee.avail_in), Int(room - stream.pointee.avail_out))
  }

  private func damaged() -> CodecError {
    let reason = stream.pointee.msg.map { String(cString: $0) } ?? "its bytes are no gzip"
    return .damaged(reason: reason)
  }
}
