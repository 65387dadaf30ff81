import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The right to change the history, held by one process (and one thread of it) at a time.
///
/// It is an advisory lock on the file `writer` in the repository, so the kernel releases it when its
/// holder is killed.
struct WriterLock: ~Copyable {
  private let file: OpenFile

  private init(_ file: consuming OpenFile) { self.file = file }

  /// Waits until no other holds it.
  static func take(in repository: FilePath) throws -> WriterLock {
    let path = repository.appending("writer")
    let file = try OpenFile(locking: path)
    while flock(file.descriptor, LOCK_EX) != 0 {
      if errno != EINTR { try FileSystem.check(-1, "lock", path) }
    }
    return WriterLock(file)
  }

  /// Lets the next one in. Said aloud at the end of the work, because the value itself may be
  /// destroyed right after its last use.
  borrowing func release() { _ = flock(file.descriptor, LOCK_UN) }
}
