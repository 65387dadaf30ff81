import Dispatch
import Foundation
import MLOpsCore
import Synchronization
import SystemPackage

/// The far end of a `ContentStream`: a thread that hashes what comes and writes it to a new file.
///
/// Whatever goes wrong there is kept for the thread that sends: it never waits for a buffer that
/// does not come back.
final class StreamSink: Sendable {
  struct Content {
    let digest: Digest
    /// Bytes.
    let size: Int64
  }

  let file: OpenFile
  let form: BlobForm
  private let channel: ByteChannel
  /// What was written, once all is, or what went wrong.
  private let outcome = Mutex<Result<Content, RegistryError>>(
    .success(Content(digest: Digest(of: []), size: 0)))
  private let finished = DispatchSemaphore(value: 0)

  /// - Parameters:
  ///   - path: the file that is made.
  ///   - channel: where the content comes from.
  init(creating path: FilePath, _ form: BlobForm, from channel: ByteChannel) throws(RegistryError) {
    file = try OpenFile(creating: path)
    self.form = form
    self.channel = channel
    Thread.detachNewThread { [self] in
      run()
      finished.signal()
    }
  }

  /// What went wrong on the thread so far.
  func check() throws(RegistryError) {
    _ = try outcome.withLock { $0 }.get()
  }

  /// Says that nothing more comes, and waits for the thread; called exactly once.
  func finish() throws(RegistryError) -> Content {
    channel.send(.end)
    finished.wait()
    return try outcome.withLock { $0 }.get()
  }

  private func run() {
    var isOpen = true
    func next() -> (buffer: PageBuffer, count: Int)? {
      guard isOpen, case .bytes(let buffer, let count, _) = channel.receive() else {
        isOpen = false
        return nil
      }
      return (buffer, count)
    }
    do throws(RegistryError) {
      var writer = try ContentOutput(file, form, source: file.path, size: nil).writer()
      var hasher = Digest.Hasher()
      var size: Int64 = 0
      while let (buffer, count) = next() {
        hasher.update(buffer.prefix(count))
        try writer.write(buffer.prefix(count))
        size += Int64(count)
        channel.giveBack(buffer)
      }
      try writer.finish()
      let content = Content(digest: hasher.finish(), size: size)
      outcome.withLock { $0 = .success(content) }
    } catch {
      outcome.withLock { $0 = .failure(error) }
      // Others may need the room before the sender comes by.
      _ = try? FileSystem.remove(file.path)
      // The sender may be waiting for a buffer; it looks for the error when it has one.
      while let (buffer, _) = next() { channel.giveBack(buffer) }
    }
  }
}
