public import MLOpsCore
import SystemPackage

/// Finished content in the store's `tmp/`, hashed and in the form in which it is to be kept.
///
/// It becomes a blob when a version with it is added, as `SourceFile.Content.staged`, and vanishes
/// with the last reference otherwise; until then garbage collection leaves it alone.
public final class StagedContent: Sendable {
  /// Of the content, whatever its form.
  public let digest: Digest
  /// Bytes of the content.
  public let size: Int64
  let form: BlobForm
  let path: FilePath
  /// Holds the lock of the folder, and removes it.
  private let folder: StagingFolder

  init(
    _ content: StreamSink.Content, form: BlobForm, path: FilePath, in folder: StagingFolder
  ) {
    digest = content.digest
    size = content.size
    self.form = form
    self.path = path
    self.folder = folder
  }
}
