import CGit2
import Foundation
import SystemPackage

/// Makes the repository beside its place and renames it there, so that nobody ever sees half of one.
enum HistoryCreation {
  static func open(_ path: FilePath) throws -> GitRepository {
    // Twice, because another process may create, or set aside, the repository at the same time.
    for _ in 0..<3 {
      if let status = try FileSystem.status(path), status.isFolder {
        if try isWhole(path) { return try GitRepository(opening: path) }
        try setAside(path)
      }
      try create(path)
    }
    return try GitRepository(opening: path)
  }

  /// What every repository has from its creation on. Where one of these is missing, a copy was cut
  /// short or a disk lost it; the catalog will write the history anew.
  private static func isWhole(_ path: FilePath) throws -> Bool {
    for part in ["HEAD", "config"] {
      guard let status = try FileSystem.status(path.appending(part)), status.isRegular,
        status.size > 0
      else { return false }
    }
    for part in ["objects", "refs/heads", "refs/tags"] {
      guard let status = try FileSystem.status(path.appending(part)), status.isFolder else {
        return false
      }
    }
    return true
  }

  /// Never deletes: the half-made repository keeps whatever it holds under another name.
  private static func setAside(_ path: FilePath) throws {
    let aside = FilePath("\(path).broken-\(UUID().uuidString.prefix(8))")
    do {
      try FileSystem.rename(path, to: aside)
    } catch {
      // Another process was quicker.
      guard case .system(_, _, .noSuchFileOrDirectory) = error else { throw error }
    }
  }

  private static func create(_ path: FilePath) throws {
    try sweep(beside: path)
    Libgit2.start()
    let new = FilePath(
      "\(path)\(newSuffix)\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString.prefix(8))"
    )
    var options = git_repository_init_options()
    git_repository_init_options_init(&options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION))
    options.flags =
      GIT_REPOSITORY_INIT_BARE.rawValue | GIT_REPOSITORY_INIT_MKPATH.rawValue
      | GIT_REPOSITORY_INIT_NO_REINIT.rawValue
    let code = "main".withCString { branch in
      options.initial_head = branch
      var repository: OpaquePointer?
      let code = Libgit2.durably { git_repository_init_ext(&repository, new.string, &options) }
      git_repository_free(repository)
      return code
    }
    try Libgit2.check(code, "be created", path)
    for part in ["HEAD", "config", "objects", "refs/heads", "refs/tags", "refs", ""] {
      try FileSystem.synchroniseFolder(part.isEmpty ? new : new.appending(part))
    }
    do {
      try FileSystem.rename(new, to: path)
    } catch {
      guard case .system(_, _, let code) = error, code == .directoryNotEmpty || code == .fileExists
      else { throw error }
      // Another process has made it meanwhile.
      try FileManager.default.removeItem(atPath: new.string)
    }
    try FileSystem.synchroniseFolder(path.removingLastComponent())
  }

  private static let newSuffix = ".new-"

  /// Removes what killed creators have left: `history.git.new-<process>-<random>`.
  private static func sweep(beside path: FilePath) throws {
    guard let name = path.lastComponent?.string else { return }
    let folder = path.removingLastComponent()
    for other in try FileSystem.names(in: folder) where other.hasPrefix(name + newSuffix) {
      let process = other.dropFirst(name.utf8.count + newSuffix.utf8.count).prefix { $0 != "-" }
      guard let number = Int32(process), !ProcessIdentity(pid: number, start: "").isAlive else {
        continue
      }
      try? FileManager.default.removeItem(atPath: folder.appending(other).string)
    }
  }
}
