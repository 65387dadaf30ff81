public import SystemPackage

/// A folder in the store's `tmp/` for what a command makes before it adds it; removed with the last
/// reference, or by garbage collection where the process was killed.
public final class WorkFolder: Sendable {
  private let staging: StagingFolder

  /// The folder; it holds a file `lock` that is not the command's.
  public var path: FilePath { staging.path }

  init(_ staging: StagingFolder) { self.staging = staging }
}

extension Registry {
  /// Makes a folder to work in.
  ///
  /// - Throws: `registry.read_only`, `registry.system`.
  public func workFolder() throws -> WorkFolder {
    guard !catalog.isReadOnly else { throw RegistryError.readOnly(root) }
    return WorkFolder(try StagingFolder(in: layout.staging, for: "work"))
  }
}
