internal import SystemPackage

/// Reads stretches of a file through a descriptor of its own.
enum FileRange {
  /// Exactly `count` bytes from `offset`; the caller has made sure that the file is that long.
  ///
  /// - Parameter what: names the stretch in the sentence about a file that was shortened.
  /// - Throws: `runtime.file_unreadable`.
  static func bytes(
    _ path: FilePath, at offset: Int64, count: Int, _ what: @autoclosure () -> String
  ) throws(RuntimeError) -> [UInt8] {
    do {
      let descriptor = try FileDescriptor.open(path, .readOnly)
      return try descriptor.closeAfter {
        var filled = 0
        return try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
          while filled < count {
            let rest = UnsafeMutableRawBufferPointer(buffer)[filled...]
            let read = try descriptor.read(
              fromAbsoluteOffset: offset + Int64(filled),
              into: UnsafeMutableRawBufferPointer(rebasing: rest))
            guard read > 0 else { break }
            filled += read
          }
          guard filled == count else { throw Errno.ioError }
          initialised = filled
        }
      }
    } catch {
      throw .fileUnreadable(path: path.string, reason: "\(what()): \(error)")
    }
  }
}
