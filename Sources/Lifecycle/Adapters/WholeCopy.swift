import Foundation
import ModelRuntime
import SystemPackage

/// Copies of whole files. Links are followed: caches of models are made of them.
enum WholeCopy {
  /// Makes a copy, and the folders above it.
  ///
  /// - Throws: `runtime.file_unreadable`, `runtime.file_unwritable`.
  static func make(of source: FilePath, at target: FilePath) throws {
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(fileURLWithPath: source.string), options: .mappedIfSafe)
    } catch {
      throw RuntimeError.fileUnreadable(path: source.string, reason: SystemReason.of(error))
    }
    try writing(target) {
      try FileManager.default.createDirectory(
        atPath: target.removingLastComponent().string, withIntermediateDirectories: true)
      try bytes.write(to: URL(fileURLWithPath: target.string))
    }
  }

  /// Moves a file or a folder to a place where nothing is, or an empty folder.
  ///
  /// - Throws: `runtime.file_unwritable`.
  static func move(_ source: FilePath, to target: FilePath) throws {
    try writing(target) {
      if FileManager.default.fileExists(atPath: target.string) {
        guard rmdir(target.string) == 0 else { throw Errno(rawValue: errno) }
      }
      try FileManager.default.moveItem(atPath: source.string, toPath: target.string)
    }
  }

  /// Bytes.
  static func size(of path: FilePath) throws -> Int64 {
    let attributes = try FileManager.default.attributesOfItem(atPath: path.string)
    return (attributes[.size] as? NSNumber)?.int64Value ?? 0
  }

  private static func writing(_ target: FilePath, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch {
      throw RuntimeError.fileUnwritable(path: target.string, reason: SystemReason.of(error))
    }
  }
}

/// A folder beside a place that something will be moved to, removed with what is left in it.
struct PassingFolder: ~Copyable {
  let path: FilePath

  /// The folder is made by whoever puts something into it.
  init(beside target: FilePath) { path = FilePath("\(target.string).\(UUID().uuidString).tmp") }

  deinit { try? FileManager.default.removeItem(atPath: path.string) }
}
