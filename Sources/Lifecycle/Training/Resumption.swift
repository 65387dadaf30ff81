import Foundation
import MLOpsCore
public import ModelRegistry
import SystemPackage
public import Training

/// What a training goes on from: a run of the registry, a folder of checkpoints, or one of them.
public struct Resumption: Sendable {
  public let checkpoint: TrainingCheckpoint
  /// The run whose checkpoint it is; nil where a path was named that belongs to none.
  public let run: RunID?

  /// What the run was begun with.
  public var options: TrainingOptions { TrainingOptions(json: checkpoint.request) }

  /// - Parameter text: `run-12`, or a path.
  /// - Throws: `TrainingError.noCheckpoint`, `.damagedCheckpoint`, `RegistryError.runUnknown`,
  ///   `LifecycleError` for a run that still runs, ended well or trained nothing.
  public init(_ text: String, in registry: Registry) throws {
    guard let id = RunID(text) else {
      checkpoint = try TrainingCheckpoint(at: FilePath(text))
      let names = checkpoint.path.components.map(\.string)
      run = names.last(where: { RunID($0) != nil }).flatMap { RunID($0) }
      return
    }
    let record = try registry.run(id)
    guard record.kind == "train" else {
      throw LifecycleError.notResumable(text, reason: "it is a run of \(record.kind)")
    }
    switch record.state {
    case .running: throw LifecycleError.notResumable(text, reason: "it still runs")
    case .ended(.succeeded): throw LifecycleError.notResumable(text, reason: "it ended well")
    case .ended, .abandoned: break
    }
    checkpoint = try TrainingCheckpoint(at: registry.checkpointFolder(of: id))
    run = id
  }
}
