public import MLOpsCore
public import SystemPackage

/// One file of a version that is to be added.
public struct SourceFile: Sendable {
  /// Where its bytes come from.
  public enum Content: Sendable {
    /// A regular file; symbolic links are followed.
    case file(FilePath)
    case bytes([UInt8])
    /// What was written to a `ContentStream`, hashed already, in the form that was chosen there.
    case staged(StagedContent)
  }

  /// How its bytes are to lie in the store; they and their digest are the same either way.
  public enum Storage: Sendable {
    /// As they are: what is mapped into memory or linked.
    case plain
    /// Compressed where that is worth it: for text that is read from its beginning to its end by
    /// readers that know Zstandard. Never linked.
    case compressed
  }

  /// Its path inside the version.
  public var path: ContentPath
  public var content: Content
  public var mediaType: String
  /// Disregarded for content that the store has already, in whatever form.
  public var storage: Storage

  public init(
    path: ContentPath, content: Content, mediaType: String, storage: Storage = .plain
  ) {
    self.path = path
    self.content = content
    self.mediaType = mediaType
    self.storage = storage
  }
}
