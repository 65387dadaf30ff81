import CZstd
import SystemPackage

/// Zstandard (RFC 8878), several frames one after the other included.
final class ZstdDecoder: StreamDecoder {
  private let path: FilePath
  private let stream: OpaquePointer
  private(set) var isWhole = false

  init(_ path: FilePath) throws(DatasetsError) {
    self.path = path
    guard let stream = ZSTD_createDStream() else {
      throw .damagedArchive(path: path.string, reason: "there is no memory to decompress it")
    }
    self.stream = stream
  }

  deinit { ZSTD_freeDStream(stream) }

  func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer)
    throws(DatasetsError) -> (taken: Int, made: Int)
  {
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let result = ZSTD_decompressStream(stream, &target, &source)
    guard mlops_zstd_is_error(result) == 0 else {
      throw .damagedArchive(
        path: path.string, reason: String(cString: ZSTD_getErrorName(result)))
    }
    // 0 means that a frame has ended and all of it was handed out.
    if source.pos > 0 || target.pos > 0 { isWhole = result == 0 }
    return (source.pos, target.pos)
  }
}
