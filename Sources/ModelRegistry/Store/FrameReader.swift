import Codecs
import SystemPackage

/// The content of a compressed blob, decompressed on the way.
///
/// However large the frame says its content is, memory is bounded by the frame's window, and that
/// and the content are bounded by the decoder. Bytes after the frame are damage.
struct FrameReader: ContentReader {
  private let input: ContentInput
  private let decoder: ZstdDecoder
  private let compressed = PageBuffer(size: 128 << 10)
  /// What was read of the file and not decompressed.
  private var pending = 0..<0
  private var total: Int64 = 0

  init(_ input: ContentInput) throws(RegistryError) {
    self.input = input
    do throws(CodecError) {
      decoder = try ZstdDecoder(windowLog: BlobFrame.windowLog)
    } catch {
      throw RegistryError(error, input.path)
    }
  }

  mutating func fill(_ buffer: PageBuffer) throws(RegistryError) -> (count: Int, read: Int) {
    var filled = 0
    var read = 0
    while filled < buffer.bytes.count {
      if pending.isEmpty {
        let count = try PlainReader.read(input, into: compressed.bytes)
        pending = 0..<count
        read += count
      }
      let isAtEnd = pending.isEmpty
      if decoder.isWhole {
        guard isAtEnd else { throw damaged("bytes follow its frame") }
        break
      }
      let step = try decode(into: UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[filled...]))
      filled += step.made
      total += Int64(step.made)
      pending = (pending.lowerBound + step.taken)..<pending.upperBound
      guard !isAtEnd || step.made > 0 || decoder.isWhole else {
        throw damaged("it ends in the middle")
      }
    }
    if filled == 0, total != input.size {
      throw damaged("it says \(input.size) bytes and decompresses to \(total)")
    }
    return (filled, read)
  }

  private func decode(into room: UnsafeMutableRawBufferPointer) throws(RegistryError) -> (
    taken: Int, made: Int
  ) {
    do throws(CodecError) {
      return try decoder.decode(
        UnsafeRawBufferPointer(rebasing: compressed.bytes[pending]), into: room)
    } catch {
      throw RegistryError(error, input.path)
    }
  }

  private func damaged(_ reason: String) -> RegistryError {
    .compressedBlobDamaged(input.path, reason: reason)
  }
}
