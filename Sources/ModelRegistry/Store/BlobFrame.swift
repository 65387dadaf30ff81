import Codecs
import SystemPackage

/// The outline of a compressed blob: one Zstandard frame as FORMAT.md, section 2 asks for, to the
/// end of its file.
///
/// Looking at it reads the headers of the frame's blocks and none of their content: it finds files
/// that were cut or appended to, and says nothing about the bytes in between.
struct BlobFrame {
  /// Bytes that it says it decompresses to.
  let contentSize: Int64

  /// A frame needs a window of at most 2 to this many bytes, 8 MiB, to be decompressed.
  static let windowLog = 23

  /// - Throws: `registry.compressed_blob_damaged`, `registry.system`.
  init(of file: borrowing OpenFile) throws(RegistryError) {
    let path = file.path
    func damaged(_ reason: String) -> RegistryError {
      .compressedBlobDamaged(path, reason: reason)
    }
    let size = try file.status().size
    let head = try file.bytes(at: 0, atMost: ZstdFrameHeader.longest)
    do {
      let header = try ZstdFrameHeader(head)
      guard header.hasChecksum, header.dictionary == 0,
        header.windowSize <= UInt64(1) << BlobFrame.windowLog,
        let contentSize = header.contentSize.flatMap({ Int64(exactly: $0) })
      else {
        throw damaged(
          "its frame must have a content size, a checksum, no dictionary and a window of at most 8 MiB"
        )
      }
      self.contentSize = contentSize
      var walk = ZstdFrameWalk(header)
      while let place = walk.nextBlock {
        try walk.take(try file.bytes(at: place, atMost: ZstdFrameWalk.blockHeader))
      }
      guard let length = walk.length, length <= size else {
        throw damaged("it ends in the middle")
      }
      guard length == size else {
        throw damaged("\(size - length) bytes follow its frame")
      }
    } catch let error as CodecError {
      throw RegistryError(error, path)
    } catch let error as RegistryError {
      throw error
    } catch {
      throw damaged("\(error)")
    }
  }
}

extension RegistryError {
  /// What a decoder said, about a compressed blob.
  init(_ error: CodecError, _ path: FilePath) {
    switch error {
    case .damaged(let reason): self = .compressedBlobDamaged(path, reason: reason)
    case .noMemory: self = .system(operation: "decompress", path: path, error: .noMemory)
    }
  }
}
