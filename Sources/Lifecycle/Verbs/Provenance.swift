import Foundation
import JSON
import ModelRegistry
import SystemPackage

/// The state of the code that a version or run was made by.
enum Provenance {
  /// The state of the repository around the current folder; nil outside one.
  static var here: JSONValue? {
    codeState(near: FilePath(FileManager.default.currentDirectoryPath).appending("."))
  }

  /// Commit, branch and dirty state of the repository around a path; nil outside one.
  ///
  /// A repository that cannot be read is no reason to lose an add: it gives nil.
  static func codeState(near path: FilePath) -> JSONValue? {
    (try? CodeProvenance.inspect(folder: path.removingLastComponent()))?.json
  }
}
