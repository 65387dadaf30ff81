import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A folder in `tmp/` that one running command owns.
///
/// While the command lives it holds the lock of the folder's file `lock`; the kernel lets go of it
/// however the process ends. Whoever can take the lock knows that the owner is dead and may sweep.
///
/// `add-…` holds files that are being added, `work-…` what a command makes before it adds it.
final class StagingFolder: Sendable {
  let path: FilePath
  private let lock: LockHolder

  /// Makes and locks a new folder in `tmp`.
  init(in tmp: FilePath, for purpose: String = "add") throws {
    while true {
      let name = "\(purpose)-\(getpid())-" + String(UInt64.random(in: .min ... .max), radix: 36)
      let path = tmp.appending(name)
      guard try FileSystem.makeFolder(path) else { continue }
      // A sweeper may find the folder before it is locked and remove it; then another is made.
      guard let lock = LockHolder(path.appending("lock")) else { continue }
      self.path = path
      self.lock = lock
      return
    }
  }

  deinit { StagingFolder.empty(path) }

  /// Removes folders whose owners are dead.
  ///
  /// - Returns: the names of what was removed, or would be in a dry run.
  static func sweep(_ tmp: FilePath, dryRun: Bool) throws -> [String] {
    var swept: [String] = []
    for name in try FileSystem.names(in: tmp)
    where name.hasPrefix("add-") || name.hasPrefix("work-") {
      let path = tmp.appending(name)
      guard let status = try FileSystem.status(path), status.isFolder else { continue }
      // Held while the folder is emptied, so that a late owner cannot move in.
      guard let lock = LockHolder(path.appending("lock")) else { continue }
      withExtendedLifetime(lock) {
        if dryRun {
          swept.append(name)
        } else if empty(path) {
          swept.append(name)
        }
      }
    }
    return swept
  }

  /// Removes what a folder holds, its lock last, then the folder.
  @discardableResult
  private static func empty(_ path: FilePath) -> Bool {
    let names = (try? FileSystem.names(in: path)) ?? []
    for name in names where name != "lock" { remove(path.appending(name)) }
    _ = try? FileSystem.remove(path.appending("lock"))
    return FileSystem.removeEmptyFolder(path)
  }

  /// Removes a file, or a folder with all it holds; of a symbolic link the link alone.
  private static func remove(_ path: FilePath) {
    if let status = try? FileSystem.status(path), status.isFolder {
      for name in (try? FileSystem.names(in: path)) ?? [] { remove(path.appending(name)) }
      FileSystem.removeEmptyFolder(path)
    } else {
      _ = try? FileSystem.remove(path)
    }
  }
}

/// An exclusive lock on a file, from success of its initialiser until it is released.
private final class LockHolder: Sendable {
  private let descriptor: CInt

  /// Nil where another holds the lock or has just removed the file.
  init?(_ path: FilePath) {
    let descriptor = open(path.string, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return nil }
    var raw = stat()
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &raw) == 0, raw.st_nlink > 0
    else {
      _ = close(descriptor)
      return nil
    }
    self.descriptor = descriptor
  }

  deinit { _ = close(descriptor) }
}
