import CGit2
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Git's own protocol for changing a reference (or `packed-refs`): write `<file>.lock`, rename it.
///
/// Locks of ours are made read-only (0444), which git never does. Whoever holds the `WriterLock` and
/// meets such a file knows that its maker was killed, and removes it; a lock of a git program is
/// waited for.
struct ReferenceLock: ~Copyable {
  /// Git holds these locks for milliseconds; one that is older was left by a killed git program.
  static let staleAfter: Int64 = 600
  /// How often, 20 ms apart, a git program's lock is looked at again.
  static let patience = 250

  private let target: FilePath
  private let lock: FilePath
  private let descriptor: CInt
  private var isHeld = true

  private init(target: FilePath, lock: FilePath, descriptor: CInt) {
    self.target = target
    self.lock = lock
    self.descriptor = descriptor
  }

  /// Takes the lock of a reference's file.
  ///
  /// - Throws: `HistoryError.locked` where a git program keeps it for five seconds.
  static func take(_ target: FilePath) throws -> ReferenceLock {
    let lock = FilePath("\(target).lock")
    for _ in 0..<patience {
      let descriptor = open(lock.string, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o444)
      if descriptor >= 0 {
        return ReferenceLock(target: target, lock: lock, descriptor: descriptor)
      }
      if errno != EEXIST { try FileSystem.check(descriptor, "create", lock) }
      guard let status = try FileSystem.status(lock) else { continue }
      if status.mode & 0o200 == 0 || isStale(status) {
        try FileSystem.remove(lock)
      } else {
        usleep(20_000)
      }
    }
    throw HistoryError.locked(path: lock.string)
  }

  private static func isStale(_ status: FileStatus) -> Bool {
    Int64(time(nil)) - status.modified / 1_000_000_000 > staleAfter
  }

  /// Puts new content in the place of the old, in one step.
  ///
  /// With `durable`, the content and everything written before it are forced to the disk before
  /// the step.
  consuming func replace(with content: [UInt8], durable: Bool) throws {
    try FileDescriptor(rawValue: descriptor).writeAll(content)
    let flushed = durable ? fsync(descriptor) : mlops_write_out(descriptor)
    try FileSystem.check(flushed, "fsync", lock)
    try FileSystem.rename(lock, to: target)
    isHeld = false
  }

  /// Removes the reference's own file.
  consuming func remove() throws { try FileSystem.remove(target) }

  deinit {
    _ = close(descriptor)
    if isHeld { _ = unlink(lock.string) }
  }
}
