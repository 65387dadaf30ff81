import Codecs
import MLOpsCore
import SystemPackage

/// Content on its way into the store: written piece by piece, by one thread, while it is made.
///
/// Another thread hashes it, compresses it where that is asked for and worth it, and writes it, so
/// that it is never read again. Content that fits one buffer has no thread and no file before it
/// is finished. A stream that is dropped leaves nothing.
public final class ContentStream {
  /// 8 buffers of 1 MiB circulate: that much is held in memory, however much is written.
  private static let bufferSize = 1 << 20
  private static let bufferCount = 8

  private let folder: StagingFolder
  private let storage: SourceFile.Storage
  private let channel = ByteChannel(
    capacity: ContentStream.bufferCount, bufferSize: ContentStream.bufferSize)
  private var buffer: PageBuffer
  private var filled = 0
  /// The thread, from the second buffer on until the stream is finished.
  private var sink: StreamSink?
  private var failure: RegistryError?
  private var isFinished = false

  init(in folder: StagingFolder, storage: SourceFile.Storage) {
    self.folder = folder
    self.storage = storage
    buffer = channel.takeSpare()
  }

  deinit { _ = try? sink?.finish() }

  /// Takes all of the bytes, waiting where they come faster than they can be written.
  ///
  /// - Precondition: the stream is not finished.
  /// - Throws: `registry.system` where earlier bytes could not be written, and ever after.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(RegistryError) {
    precondition(!isFinished, "A content stream was written to after it was finished.")
    if let failure { throw failure }
    var rest = bytes
    while !rest.isEmpty {
      if filled == buffer.bytes.count { try handOver() }
      let room = UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[filled...])
      let count = min(room.count, rest.count)
      room.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<count]))
      filled += count
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  /// The content, whole and hashed; nothing may be written afterwards.
  ///
  /// - Precondition: the stream is not finished.
  /// - Throws: `registry.system` where something could not be written; the content is lost then.
  public func finish() throws(RegistryError) -> StagedContent {
    precondition(!isFinished, "A content stream was finished twice.")
    isFinished = true
    if let failure { throw failure }
    guard let sink else { return try stageSmall() }
    self.sink = nil
    send()
    let content = try sink.finish()
    if sink.form == .compressed, try !Compressing.wasWorthIt(sink.file, size: content.size) {
      return try stagePlain(sink.file, content)
    }
    return StagedContent(content, form: sink.form, path: sink.file.path, in: folder)
  }

  /// Gives a full buffer to the thread, which begins with the first, and waits for the next one.
  private func handOver() throws(RegistryError) {
    do throws(RegistryError) {
      if sink == nil { sink = try makeSink() }
      send()
      buffer = channel.takeSpare()
      try sink?.check()
    } catch {
      failure = error
      throw error
    }
  }

  private func send() {
    channel.send(.bytes(buffer, count: filled, read: filled))
    filled = 0
  }

  private func makeSink() throws(RegistryError) -> StreamSink {
    let head = Array(buffer.prefix(filled).prefix(CompressionFormat.longestMagic))
    let isCompressed =
      storage == .compressed && Compressing.isWorthTrying(size: Int64(filled), head: head)
    return try StreamSink(
      creating: folder.path.appending("content"), isCompressed ? .compressed : .plain,
      from: channel)
  }

  private func stageSmall() throws(RegistryError) -> StagedContent {
    let bytes = buffer.prefix(filled)
    let file = try OpenFile(creating: folder.path.appending("content"))
    let form = try Compressing.write(bytes, to: file, storage)
    var hasher = Digest.Hasher()
    hasher.update(bytes)
    let content = StreamSink.Content(digest: hasher.finish(), size: Int64(filled))
    return StagedContent(content, form: form, path: file.path, in: folder)
  }

  /// Lays content plain that gained nothing from being compressed.
  private func stagePlain(_ frame: borrowing OpenFile, _ content: StreamSink.Content)
    throws(RegistryError) -> StagedContent
  {
    try frame.rewind()
    let plain = try OpenFile(creating: folder.path.appending("plain"))
    let found = try FileHasher().hash(frame, .compressed, copyingTo: plain)
    guard found == (content.digest, content.size) else { throw .fileChanged(frame.path) }
    try FileSystem.remove(frame.path)
    return StagedContent(content, form: .plain, path: plain.path, in: folder)
  }
}

extension Registry {
  /// Begins to take content into the store.
  ///
  /// - Parameter storage: how it is to lie there.
  /// - Throws: `registry.read_only`, `registry.system`.
  public func contentStream(storage: SourceFile.Storage) throws -> ContentStream {
    guard !catalog.isReadOnly else { throw RegistryError.readOnly(root) }
    return ContentStream(in: try StagingFolder(in: layout.staging), storage: storage)
  }
}
