import Dispatch
import Foundation
import MLOpsCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Reads a file once: hashes its content and, where wanted, copies it meanwhile.
///
/// One thread reads and writes, decompressing or compressing on the way, the other hashes, so a
/// copy costs little more than the slower of the two alone. A file that grows beyond its first size
/// (`registry.file_changed`) is not followed, for it might grow for ever.
struct FileHasher {
  /// Bytes of the file that were hashed since the last call.
  var report: (@Sendable (Int64) -> Void)?

  /// 8 buffers of 1 MiB: small enough to stay near the cores, large enough for a direct write.
  private static let bufferSize = 1 << 20
  private static let bufferCount = 8
  /// Below this a second thread costs more than it saves, in bytes.
  private static let threadedFrom: Int64 = 2 << 20

  /// The digest and size of an open file's content, read from the file's current position.
  ///
  /// - Parameters:
  ///   - form: how the content lies in the file.
  ///   - copy: the new file that gets the same content.
  ///   - copyForm: how it is to lie there.
  func hash(
    _ source: borrowing OpenFile, _ form: BlobForm = .plain,
    copyingTo copy: borrowing OpenFile, as copyForm: BlobForm = .plain
  ) throws(RegistryError) -> (digest: Digest, size: Int64) {
    let input = try ContentInput(source, form)
    return try hash(
      input, ContentOutput(copy, copyForm, source: source.path, size: input.size))
  }

  /// The digest and size of an open file's content, read from the file's current position.
  ///
  /// - Parameter form: how the content lies in the file.
  func hash(_ source: borrowing OpenFile, _ form: BlobForm = .plain) throws(RegistryError) -> (
    digest: Digest, size: Int64
  ) {
    try hash(try ContentInput(source, form), nil)
  }

  private func hash(_ input: ContentInput, _ output: ContentOutput?) throws(RegistryError) -> (
    digest: Digest, size: Int64
  ) {
    #if !canImport(Darwin)
      _ = posix_fadvise(input.descriptor, 0, 0, CInt(POSIX_FADV_SEQUENTIAL))
    #endif
    if input.size >= FileHasher.threadedFrom { return try hashThreaded(input, output) }
    var reader = try input.reader()
    var writer = try output?.writer()
    var hasher = Digest.Hasher()
    var total: Int64 = 0
    let buffer = PageBuffer(size: 64 << 10)
    while true {
      let (count, read) = try reader.fill(buffer)
      if count == 0 { break }
      guard total + Int64(count) <= input.size else { throw .fileChanged(input.path) }
      try writer?.write(buffer.prefix(count))
      hasher.update(buffer.prefix(count))
      total += Int64(count)
      report?(Int64(read))
    }
    try writer?.finish()
    return (hasher.finish(), total)
  }

  private func hashThreaded(_ input: ContentInput, _ output: ContentOutput?) throws(RegistryError)
    -> (digest: Digest, size: Int64)
  {
    let channel = ByteChannel(
      capacity: FileHasher.bufferCount, bufferSize: FileHasher.bufferSize)
    let finished = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      defer { finished.signal() }
      do throws(RegistryError) {
        try FileHasher.send(input, to: channel, and: output)
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
      case .bytes(let buffer, let count, let read):
        hasher.update(buffer.prefix(count))
        total += Int64(count)
        channel.giveBack(buffer)
        report?(Int64(read))
      }
    }
  }

  /// Sends the content to the thread that hashes, and writes it.
  private static func send(
    _ input: ContentInput, to channel: ByteChannel, and output: ContentOutput?
  )
    throws(RegistryError)
  {
    var reader = try input.reader()
    var writer = try output?.writer()
    var total: Int64 = 0
    while true {
      let buffer = channel.takeSpare()
      let (count, read) = try reader.fill(buffer)
      if count == 0 { break }
      channel.send(.bytes(buffer, count: count, read: read))
      total += Int64(count)
      guard total <= input.size else { throw .fileChanged(input.path) }
      try writer?.write(buffer.prefix(count))
    }
    try writer?.finish()
  }
}
