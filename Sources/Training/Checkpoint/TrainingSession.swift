import Foundation
public import JSON
import ModelRuntime
public import SystemPackage

/// What surrounds a training: where its checkpoints go and where it goes on from.
public struct TrainingSession: Sendable {
  /// Where checkpoints go; nil for none, and then a cancelled training leaves nothing.
  public var checkpoints: FilePath?
  /// What a person says to go on from the folder, such as `run-12`.
  public var name = ""
  /// The checkpoint to go on from; see `TrainingCheckpoint`.
  public var resume: FilePath?
  /// What besides settings and rows has to be the same to go on, such as the base's digest.
  public var identity: [String: String] = [:]
  /// Stored with each checkpoint and given back by `TrainingCheckpoint`.
  public var request: JSONValue = .null
  /// `general.name` of a model all of whose weights are trained; nil keeps the base's.
  public var title: String?
  /// Bytes that the training may take; nil for what the machine has left.
  public var availableMemory: Int64?
  /// Seconds from one checkpoint to the next where no steps were named.
  var checkpointSeconds = 300.0
  /// Seconds since the last checkpoint from which on another is written before the result is: what
  /// takes longer is not lost with a result that cannot be written.
  var worthKeepingSeconds = 30.0
  /// Whether kernels compute, else ggml's own operations.
  var usesKernels = DenseProducts.isAvailable

  public init() {}
}

/// A checkpoint in a folder, for those who want to go on from it.
public struct TrainingCheckpoint: Sendable {
  public let path: FilePath
  /// Steps done.
  public let step: Int
  /// What `TrainingSession.request` was.
  public let request: JSONValue

  /// The steps done of a folder's newest checkpoint, which is not read; nil without one.
  public static func newestStep(in folder: FilePath) -> Int? {
    CheckpointFolder(path: folder).all().first?.step
  }

  /// Reads a checkpoint, or the newest of a folder.
  ///
  /// - Throws: `TrainingError.noCheckpoint`, `.damagedCheckpoint`.
  public init(at path: FilePath) throws(TrainingError) {
    var isFolder: ObjCBool = false
    var file = path
    if FileManager.default.fileExists(atPath: path.string, isDirectory: &isFolder),
      isFolder.boolValue
    {
      guard let newest = CheckpointFolder(path: path).all().first else {
        throw .noCheckpoint(path.string)
      }
      file = newest.path
    }
    let checkpoint = try CheckpointFolder.read(file)
    self.path = file
    step = checkpoint.step
    request = checkpoint.request
  }
}
