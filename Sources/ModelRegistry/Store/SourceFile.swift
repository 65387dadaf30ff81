public import MLOpsCore
public import SystemPackage

/// One file of a version that is to be added.
public struct SourceFile: Sendable {
  /// Where its bytes come from.
  public enum Content: Sendable {
    /// A regular file; symbolic links are followed.
    case file(FilePath)
    case bytes([UInt8])
  }

  /// Its path inside the version.
  public var path: ContentPath
  public var content: Content
  public var mediaType: String

  public init(path: ContentPath, content: Content, mediaType: String) {
    self.path = path
    self.content = content
    self.mediaType = mediaType
  }
}
