import Foundation
import MLOpsCore
import SystemPackage

/// One regular file of what is to be added.
struct FoundFile: Sendable, Hashable {
  let path: ContentPath
  let location: FilePath
  /// Bytes.
  let size: Int64
}

/// Lists the files of a path that is to be added: itself, or everything in the folder.
enum ContentWalk {
  /// Files and folders that belong to tools and never to content.
  private static let ignored: Set<String> = [".git", ".DS_Store", "__pycache__"]

  /// The files, sorted by path.
  ///
  /// Symbolic links inside the folder are followed where they stay inside it; one that leaves it,
  /// and anything that is neither file nor folder, is refused, so that nothing is added that the
  /// user did not point at.
  ///
  /// - Throws: `LifecycleError` with codes `lifecycle.no_such_path`, `lifecycle.empty_folder`,
  ///   `lifecycle.unsafe_path`; `CoreError.malformedPath`.
  static func files(at root: FilePath) throws -> [FoundFile] {
    let real = try resolve(root)
    switch try kind(of: real) {
    case .typeRegular:
      let name = root.lastComponent?.string ?? "file"
      return [FoundFile(path: try ContentPath(name), location: real, size: try size(of: real))]
    case .typeDirectory:
      var found: [FoundFile] = []
      try walk(real, prefix: "", root: real, depth: 0, into: &found)
      guard !found.isEmpty else { throw LifecycleError.emptyFolder(root.string) }
      return found.sorted { $0.path < $1.path }
    default:
      throw LifecycleError.unsafePath(root.string, reason: "it is neither a file nor a folder")
    }
  }

  private static func walk(
    _ folder: FilePath, prefix: String, root: FilePath, depth: Int, into found: inout [FoundFile]
  ) throws {
    guard depth < 64 else {
      throw LifecycleError.unsafePath(folder.string, reason: "it is nested deeper than 64 folders")
    }
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted()
    where !ignored.contains(name) {
      let location = try resolve(folder.appending(name))
      guard location.starts(with: root) else {
        throw LifecycleError.unsafePath(
          folder.appending(name).string, reason: "it is a link that leads out of the folder")
      }
      guard !folder.starts(with: location) else {
        throw LifecycleError.unsafePath(
          folder.appending(name).string, reason: "it is a link to a folder that holds it")
      }
      switch try kind(of: location) {
      case .typeRegular:
        found.append(
          FoundFile(
            path: try ContentPath(prefix + name), location: location, size: try size(of: location)))
      case .typeDirectory:
        try walk(location, prefix: prefix + name + "/", root: root, depth: depth + 1, into: &found)
      default:
        throw LifecycleError.unsafePath(
          location.string, reason: "it is neither a file nor a folder")
      }
    }
  }

  private static func resolve(_ path: FilePath) throws -> FilePath {
    guard let real = realpath(path.string, nil) else {
      if errno == ENOENT { throw LifecycleError.noSuchPath(path.string) }
      throw LifecycleError.unsafePath(path.string, reason: String(cString: strerror(errno)))
    }
    defer { free(real) }
    return FilePath(String(cString: real))
  }

  private static func kind(of path: FilePath) throws -> FileAttributeType? {
    try FileManager.default.attributesOfItem(atPath: path.string)[.type] as? FileAttributeType
  }

  private static func size(of path: FilePath) throws -> Int64 {
    let attributes = try FileManager.default.attributesOfItem(atPath: path.string)
    return (attributes[.size] as? NSNumber)?.int64Value ?? 0
  }
}
