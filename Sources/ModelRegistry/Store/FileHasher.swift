import Dispatch
import Foundation
import MLOpsCore
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Reads a file once: hashes it and, where wanted, copies it meanwhile.
///
/// One thread reads and writes, the other hashes, so a copy costs little more than the hash alone.
/// A file that grows beyond its first size (`registry.file_changed`) is not followed, for it might
/// grow for ever.
struct FileHasher {
  /// Hashed bytes since the last call.
  var report: (@Sendable (Int64) -> Void)?

  /// 8 buffers of 1 MiB: small enough to stay near the cores, large enough for a direct write.
  private static let bufferSize = 1 << 20
  private static let bufferCount = 8
  /// Below this a second thread costs more than it saves, in bytes.
  private static let threadedFrom: Int64 = 2 << 20

  /// The digest and size of an open file, read from its current position.
  ///
  /// - Parameter copy: the new file that gets the same bytes.
  func hash(_ source: borrowing OpenFile, copyingTo copy: borrowing OpenFile) throws(RegistryError)
    -> (digest: Digest, size: Int64)
  {
    let size = try source.status().size
    return try hash(source, expecting: size, copy: CopyTarget(copy, size: size))
  }

  /// The digest and size of an open file, read from its current position.
  func hash(_ source: borrowing OpenFile) throws(RegistryError) -> (digest: Digest, size: Int64) {
    try hash(source, expecting: try source.status().size, copy: nil)
  }

  private func hash(
    _ source: borrowing OpenFile, expecting size: Int64, copy: CopyTarget?
  ) throws(RegistryError) -> (digest: Digest, size: Int64) {
    let input = (source.descriptor, source.path)
    #if !canImport(Darwin)
      _ = posix_fadvise(source.descriptor, 0, 0, CInt(POSIX_FADV_SEQUENTIAL))
    #endif
    if size >= FileHasher.threadedFrom { return try hashThreaded(input, size, copy) }
    var copy = copy
    var hasher = Digest.Hasher()
    var total: Int64 = 0
    let buffer = PageBuffer(size: 64 << 10)
    while true {
      let count = try FileHasher.fill(buffer, from: input)
      if count == 0 { break }
      guard total + Int64(count) <= size else { throw .fileChanged(source.path) }
      try copy?.write(buffer.prefix(count))
      hasher.update(buffer.prefix(count))
      total += Int64(count)
      report?(Int64(count))
    }
    return (hasher.finish(), total)
  }

  private func hashThreaded(
    _ input: (CInt, FilePath), _ size: Int64, _ copy: CopyTarget?
  ) throws(RegistryError) -> (digest: Digest, size: Int64) {
    let channel = ByteChannel(
      capacity: FileHasher.bufferCount, bufferSize: FileHasher.bufferSize)
    let finished = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      defer { finished.signal() }
      do throws(RegistryError) {
        var copy = copy
        var total: Int64 = 0
        while true {
          let buffer = channel.takeSpare()
          let count = try FileHasher.fill(buffer, from: input)
          if count == 0 { break }
          channel.send(.bytes(buffer, count: count))
          try copy?.write(buffer.prefix(count))
          total += Int64(count)
          guard total <= size else { throw .fileChanged(input.1) }
        }
        channel.send(.end)
      } catch {
        channel.send(.failed(error))
      }
    }
    // The thread uses descriptors that the caller closes: never return before it is done.
    defer { finished.wait() }
    var hasher = Digest.Hasher()
    var total: Int64 = 0
    while true {
      switch channel.receive() {
      case .end: return (hasher.finish(), total)
      case .failed(let error): throw error
      case .bytes(let buffer, let count):
        hasher.update(buffer.prefix(count))
        total += Int64(count)
        channel.giveBack(buffer)
        report?(Int64(count))
      }
    }
  }

  /// Reads until the buffer is full or the file ends; the number of bytes, 0 at the end.
  private static func fill(_ buffer: PageBuffer, from input: (CInt, FilePath))
    throws(RegistryError) -> Int
  {
    var filled = 0
    while filled < buffer.bytes.count {
      let count = read(
        input.0, buffer.bytes.baseAddress?.advanced(by: filled), buffer.bytes.count - filled)
      if count == 0 { break }
      if count > 0 {
        filled += count
      } else if errno != EINTR {
        throw .system(operation: "read", path: input.1, error: Errno(rawValue: errno))
      }
    }
    return filled
  }
}
