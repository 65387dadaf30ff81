import CGit2
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

  /// 8 buffers of 512 KiB: small enough to stay in the cache between the two threads.
  private static let bufferSize = 512 << 10
  private static let bufferCount = 8
  /// Below this a second thread costs more than it saves, in bytes.
  private static let threadedFrom: Int64 = 2 << 20

  /// The digest and size of an open file, read from its current position.
  ///
  /// - Parameter copy: the descriptor of a file that gets the same bytes.
  func hash(_ source: borrowing OpenFile, copyingTo copy: borrowing OpenFile) throws(RegistryError)
    -> (digest: Digest, size: Int64)
  {
    try hash(source, expecting: try source.status().size, copy: (copy.descriptor, copy.path))
  }

  /// The digest and size of an open file, read from its current position.
  func hash(_ source: borrowing OpenFile) throws(RegistryError) -> (digest: Digest, size: Int64) {
    try hash(source, expecting: try source.status().size, copy: nil)
  }

  private func hash(
    _ source: borrowing OpenFile, expecting size: Int64, copy: (CInt, FilePath)?
  ) throws(RegistryError) -> (digest: Digest, size: Int64) {
    let input = (source.descriptor, source.path)
    #if !canImport(Darwin)
      _ = posix_fadvise(source.descriptor, 0, 0, CInt(POSIX_FADV_SEQUENTIAL))
    #endif
    if size >= FileHasher.threadedFrom { return try hashThreaded(input, size, copy) }
    var hasher = Digest.Hasher()
    var total: Int64 = 0
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = try FileHasher.read(input, into: &buffer)
      if count == 0 { break }
      guard total + Int64(count) <= size else { throw .fileChanged(source.path) }
      if let copy { try FileHasher.write(buffer, count: count, to: copy) }
      buffer.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      total += Int64(count)
      report?(Int64(count))
    }
    return (hasher.finish(), total)
  }

  private func hashThreaded(
    _ input: (CInt, FilePath), _ size: Int64, _ copy: (CInt, FilePath)?
  ) throws(RegistryError) -> (digest: Digest, size: Int64) {
    let channel = ByteChannel(
      capacity: FileHasher.bufferCount, bufferSize: FileHasher.bufferSize)
    let finished = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      defer { finished.signal() }
      do throws(RegistryError) {
        var total: Int64 = 0
        while true {
          let count = try FileHasher.forward(input, copy, channel, from: total)
          if count == 0 { break }
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
        buffer.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        total += Int64(count)
        channel.giveBack(buffer)
        report?(Int64(count))
      }
    }
  }

  /// Reads one buffer, sends it and writes it; 0 at the end of the file.
  ///
  /// - Parameter offset: where the buffer belongs in the copy, in bytes.
  private static func forward(
    _ input: (CInt, FilePath), _ copy: (CInt, FilePath)?, _ channel: ByteChannel,
    from offset: Int64
  ) throws(RegistryError) -> Int {
    var buffer = channel.takeSpare()
    let count = try read(input, into: &buffer)
    if count == 0 { return 0 }
    channel.send(.bytes(buffer, count: count))
    if let copy {
      try write(buffer, count: count, to: copy)
      // The disk writes while we hash, so that the fsync at the end has little left to wait for.
      mlops_begin_write_out(copy.0, offset, Int64(count))
    }
    return count
  }

  private static func read(_ input: (CInt, FilePath), into buffer: inout [UInt8])
    throws(RegistryError) -> Int
  {
    while true {
      let count = buffer.withUnsafeMutableBytes { posixRead(input.0, $0.baseAddress, $0.count) }
      if count >= 0 { return count }
      if errno != EINTR {
        throw .system(operation: "read", path: input.1, error: Errno(rawValue: errno))
      }
    }
  }

  /// Writes the first `count` bytes of a buffer, all of them.
  static func write(_ buffer: [UInt8], count: Int, to output: (CInt, FilePath))
    throws(RegistryError)
  {
    var done = 0
    while done < count {
      let written = buffer.withUnsafeBytes {
        posixWrite(output.0, $0.baseAddress?.advanced(by: done), count - done)
      }
      if written >= 0 {
        done += written
      } else if errno != EINTR {
        throw .system(operation: "write", path: output.1, error: Errno(rawValue: errno))
      }
    }
  }
}

// The type's own `read` and `write` would hide these inside it.
private func posixRead(_ file: CInt, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(file, bytes, count)
}

private func posixWrite(_ file: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(file, bytes, count)
}
