import Codecs
import SystemPackage

/// Which content is kept compressed where that is asked for.
enum Compressing {
  /// Smaller content takes one block of the disk in either form, in bytes.
  static let least: Int64 = 4096

  /// - Parameters:
  ///   - size: bytes of the content.
  ///   - head: its first bytes.
  static func isWorthTrying(size: Int64, head: [UInt8]) -> Bool {
    // Readers tell compressed content by its beginning. What is compressed already stays as it is,
    // so that nobody has to ask how often to decompress.
    size >= least && CompressionFormat(head: head) == nil
  }

  /// Whether a finished file is at most nine tenths of its content.
  static func wasWorthIt(_ file: borrowing OpenFile, size: Int64) throws(RegistryError) -> Bool {
    try file.status().size <= most(size)
  }

  /// Writes content that is in memory to a new file, in the form that suits it.
  static func write(
    _ bytes: UnsafeRawBufferPointer, to file: borrowing OpenFile, _ storage: SourceFile.Storage
  ) throws(RegistryError) -> BlobForm {
    var target = CopyTarget(file, size: 0)
    if storage == .compressed, let (frame, count) = try frame(of: bytes, for: file.path) {
      try target.write(frame.prefix(count))
      return .compressed
    }
    try target.write(bytes)
    return .plain
  }

  /// Content as one frame; nil where that is not worth it.
  private static func frame(of bytes: UnsafeRawBufferPointer, for path: FilePath)
    throws(RegistryError) -> (PageBuffer, count: Int)?
  {
    let size = Int64(bytes.count)
    let head = Array(bytes.prefix(CompressionFormat.longestMagic))
    guard isWorthTrying(size: size, head: head) else { return nil }
    // What does not fit is not worth it.
    let room = PageBuffer(size: Int(most(size)))
    do throws(CodecError) {
      let encoder = try ZstdEncoder(contentSize: size, level: FrameWriter.level)
      let begun = try encoder.encode(bytes, into: room.bytes)
      guard begun.taken == bytes.count else { return nil }
      let end = try encoder.finish(
        into: UnsafeMutableRawBufferPointer(rebasing: room.bytes[begun.made...]))
      return end.isDone ? (room, begun.made + end.made) : nil
    } catch {
      throw FrameWriter.failure(error, path)
    }
  }

  /// Bytes that a file may have to be worth it.
  private static func most(_ size: Int64) -> Int64 { size / 10 * 9 }
}
