import Foundation
import SystemPackage

/// The folder with a run's checkpoints: the latest two, each a whole file or not there.
///
/// A checkpoint is written under another name, forced to the disk and renamed, and the folder is
/// forced to the disk after that: whenever the process dies, the file before is still there.
struct CheckpointFolder {
  let path: FilePath

  private static let prefix = "step-"
  private static let suffix = ".checkpoint"
  private static let temporary = ".writing"
  /// The one before serves where a disk damages the newest.
  private static let kept = 2

  /// The checkpoints by their steps, the newest first; empty where there is no folder.
  func all() -> [(step: Int, path: FilePath)] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path.string)) ?? []
    return names.compactMap { name in
      guard name.hasPrefix(Self.prefix), name.hasSuffix(Self.suffix),
        let step = Int(name.dropFirst(Self.prefix.count).dropLast(Self.suffix.count))
      else { return nil }
      return (step, path.appending(name))
    }.sorted { $0.step > $1.step }
  }

  /// Writes a checkpoint and removes all but the latest two.
  ///
  /// - Throws: `TrainingError.checkpointUnwritable`.
  @discardableResult
  func write(_ checkpoint: Checkpoint) throws -> FilePath {
    let target = place(of: checkpoint.step)
    try makeFolder()
    do {
      try place(CheckpointFormat.encode(checkpoint), at: target)
    } catch let error as Errno {
      throw TrainingError.checkpointUnwritable(path: target.string, reason: "\(error)", resume: nil)
    }
    tidy(keeping: checkpoint.step)
    return target
  }

  /// Gives the folder a checkpoint of another, so that it can be gone on from here.
  ///
  /// - Throws: `TrainingError.checkpointUnwritable`.
  func adopt(_ file: FilePath, step: Int) throws {
    let target = place(of: step)
    guard file.removingLastComponent() != path else { return }
    try makeFolder()
    do {
      try place(Data(contentsOf: URL(filePath: file.string)), at: target)
    } catch {
      throw TrainingError.checkpointUnwritable(path: target.string, reason: "\(error)", resume: nil)
    }
  }

  /// Reads a checkpoint.
  ///
  /// - Throws: `TrainingError.damagedCheckpoint`, which names the one before it, or
  ///   `.noCheckpoint` where there is no such file, or one that neither is called nor looks like one.
  static func read(_ file: FilePath) throws(TrainingError) -> Checkpoint {
    guard let bytes = try? Data(contentsOf: URL(filePath: file.string)),
      CheckpointFormat.begins(bytes) || file.lastComponent?.string.hasSuffix(suffix) == true
    else { throw .noCheckpoint(file.string) }
    do {
      return try CheckpointFormat.decode(bytes)
    } catch {
      let others = CheckpointFolder(path: file.removingLastComponent()).all()
      let own = others.first { $0.path.lastComponent == file.lastComponent }?.step ?? .max
      throw .damagedCheckpoint(
        path: file.string, reason: error.reason,
        before: others.first { $0.step < own && isWhole($0.path) }?.path.string)
    }
  }

  private static func isWhole(_ file: FilePath) -> Bool {
    guard let bytes = try? Data(contentsOf: URL(filePath: file.string)) else { return false }
    return (try? CheckpointFormat.decode(bytes)) != nil
  }

  private func place(of step: Int) -> FilePath {
    let digits = String(step)
    let padding = String(repeating: "0", count: max(0, 8 - digits.count))
    return path.appending(Self.prefix + padding + digits + Self.suffix)
  }

  private func makeFolder() throws {
    do {
      try FileManager.default.createDirectory(
        atPath: path.string, withIntermediateDirectories: true)
    } catch {
      throw TrainingError.checkpointUnwritable(
        path: path.string, reason: error.localizedDescription, resume: nil)
    }
  }

  private func place(_ bytes: Data, at target: FilePath) throws {
    let temporary = FilePath(target.string + Self.temporary)
    let file = try FileDescriptor.open(
      temporary, .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite])
    try file.closeAfter {
      try bytes.withUnsafeBytes { _ = try file.writeAll($0) }
      guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }
    guard rename(temporary.string, target.string) == 0 else { throw Errno(rawValue: errno) }
    let folder = try FileDescriptor.open(path, .readOnly)
    try folder.closeAfter {
      guard fsync(folder.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }
  }

  /// Removes older checkpoints, those of later steps that were left before, and what a kill left
  /// half written.
  private func tidy(keeping step: Int) {
    let stale =
      all().filter { $0.step > step } + all().filter { $0.step <= step }.dropFirst(Self.kept)
    for (_, path) in stale { unlink(path.string) }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path.string)) ?? []
    for name in names where name.hasSuffix(Self.temporary) { unlink(path.appending(name).string) }
  }
}
