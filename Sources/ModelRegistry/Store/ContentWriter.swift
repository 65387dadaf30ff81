import SystemPackage

/// Takes the content of a file piece by piece.
protocol ContentWriter {
  /// Writes all of the bytes.
  mutating func write(_ bytes: UnsafeRawBufferPointer) throws(RegistryError)
  /// Writes what is held back; called once, after the last bytes.
  mutating func finish() throws(RegistryError)
}

/// The new file that content is copied to: a description that can go to another thread.
///
/// The descriptor is the caller's, who keeps it open.
struct ContentOutput: Sendable {
  private let target: CopyTarget
  private let form: BlobForm
  private let source: FilePath
  private let size: Int64?

  /// - Parameters:
  ///   - source: where the content comes from.
  ///   - size: bytes of the content; nil where nobody knows yet.
  init(_ file: borrowing OpenFile, _ form: BlobForm, source: FilePath, size: Int64?) {
    // Compressed bytes are few and come in pieces: the page cache takes them without waiting.
    target = CopyTarget(file, size: form == .plain ? size ?? 0 : 0)
    self.form = form
    self.source = source
    self.size = size
  }

  func writer() throws(RegistryError) -> any ContentWriter {
    switch form {
    case .plain: target
    case .compressed: try FrameWriter(target, source: source, size: size)
    }
  }
}
