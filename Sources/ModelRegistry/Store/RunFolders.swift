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

  /// Removes the checkpoints that nobody goes on from: of runs that ended well, and, where an age is
  /// given, of those that were stopped or died before.
  ///
  /// - Parameter limit: microseconds since 1970; nil keeps every unfinished run's.
  func collectCheckpoints(dryRun: Bool, olderThan limit: Int64?) throws -> [GCDecision] {
    var decisions: [GCDecision] = []
    for name in try FileSystem.names(in: layout.runs) {
      guard let id = RunID(name) else { continue }
      let folder = checkpointFolder(of: id)
      let files = try FileSystem.names(in: folder)
      guard !files.isEmpty else { continue }
      let size = try files.reduce(0 as Int64) {
        $0 + (try FileSystem.status(folder.appending($1))?.size ?? 0)
      }
      let (keep, reason) = try read { try Registry.fate(of: Registry.run(id, $0), limit) }
      if !keep, !dryRun { try removeCheckpoints(of: id) }
      decisions.append(
        GCDecision(subject: .checkpoints(id), keep: keep, reasons: [reason], size: size))
    }
    return decisions
  }

  private static func fate(of run: RunRecord?, _ limit: Int64?) -> (keep: Bool, reason: String) {
    guard let run else { return (true, "the run is not in the catalog") }
    switch run.state {
    case .running: return (true, "live run \(run.id)")
    case .ended(.succeeded): return (false, "\(run.id) ended well")
    case .ended, .abandoned:
      guard let limit, Timestamp.of(run.endedAt ?? run.begunAt) < limit else {
        return (true, "\(run.id) can be resumed")
      }
      return (false, "\(run.id) is unfinished and old")
    }
  }
}
