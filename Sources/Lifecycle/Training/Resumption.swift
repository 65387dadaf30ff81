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
  /// A run that went on from this one and is further.
  let successor: RunSuccessor?

  /// What the run was begun with.
  public var options: TrainingOptions { TrainingOptions(json: checkpoint.request) }

  /// - Parameter text: `run-12`, or a path.
  /// - Throws: `TrainingError.noCheckpoint`, `.damagedCheckpoint`, `LifecycleError` for a run that is
  ///   not there, still runs, ended well, trained nothing or has no checkpoint any more.
  public init(_ text: String, in registry: Registry) throws {
    if let id = RunID(text) {
      checkpoint = try Self.checkpoint(of: id, in: registry)
      run = id
    } else {
      checkpoint = try TrainingCheckpoint(at: FilePath(text))
      let names = checkpoint.path.components.map(\.string)
      run = names.last(where: { RunID($0) != nil }).flatMap { RunID($0) }
    }
    let furthest = try run.flatMap { try RunSuccessor(of: $0, in: registry) }
    let step = checkpoint.step
    successor = furthest.flatMap { $0.isDone || $0.step ?? 0 > step ? $0 : nil }
  }

  private static func checkpoint(of id: RunID, in registry: Registry) throws -> TrainingCheckpoint {
    let record = try LifecycleError.naming("resume") { try registry.run(id) }
    guard record.kind == "train" else {
      throw LifecycleError.notResumable(
        id.description, reason: "it is a run of '\(record.kind)', not of 'train'")
    }
    switch record.state {
    case .running: throw LifecycleError.stillRuns(id.description)
    case .ended(.succeeded):
      throw LifecycleError.notResumable(id.description, reason: "it ended well")
    case .ended, .abandoned: break
    }
    do {
      return try TrainingCheckpoint(at: registry.checkpointFolder(of: id))
    } catch {
      guard case .noCheckpoint = error else { throw error }
      let successor = try RunSuccessor(of: id, in: registry)
      let reason =
        successor.map { "it has no checkpoint, and \($0.clause)" }
        ?? "it has no checkpoint: it ended before the first was written, or its checkpoints were removed"
      throw LifecycleError.notResumable(
        id.description, reason: reason,
        instead: successor.flatMap { $0.isDone ? nil : $0.run.description })
    }
  }
}

extension Resumption {
  /// What to know before the training goes on: that another run is further.
  var notice: TrainingNotice? {
    guard let run, let successor else { return nil }
    return TrainingNotice(
      .warning, code: "lifecycle.further_run",
      message: "\(run) stands at step \(checkpoint.step), and \(successor.clause)."
        + (successor.isDone ? "" : " To go on from there: mlops train --resume \(successor.run)"))
  }
}
