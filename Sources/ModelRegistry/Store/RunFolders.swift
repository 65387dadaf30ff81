import Foundation
import MLOpsCore
public import SystemPackage

extension StoreLayout {
  /// What runs leave beside their records: `runs/run-12/`.
  var runs: FilePath { root.appending("runs") }
}

extension Registry {
  /// The folder of what a run leaves beside its record: the loss curve, and under `checkpoints/` what
  /// a stopped training goes on from. Made where it is missing.
  ///
  /// - Throws: `registry.read_only`, `registry.system`.
  public func runFolder(_ id: RunID) throws -> FilePath {
    guard !catalog.isReadOnly else { throw RegistryError.readOnly(root) }
    let folder = layout.runs.appending(id.description)
    try FileSystem.makeFolders(folder)
    return folder
  }

  /// Where a run's checkpoints lie, whether it has any or not.
  public func checkpointFolder(of id: RunID) -> FilePath {
    layout.runs.appending(id.description).appending("checkpoints")
  }

  /// Removes a run's checkpoints; nothing happens where it has none.
  ///
  /// - Throws: `registry.system`.
  public func removeCheckpoints(of id: RunID) throws {
    let folder = checkpointFolder(of: id)
    for name in try FileSystem.names(in: folder) { try FileSystem.remove(folder.appending(name)) }
    FileSystem.removeEmptyFolder(folder)
  }
}
