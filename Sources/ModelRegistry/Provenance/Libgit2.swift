import CGit2
import Synchronization
import SystemPackage

/// The library's global state, set up once for the process.
enum Libgit2 {
  private static let started: Void = {
    _ = git_libgit2_init()
    // Git refuses repositories of other users because it runs what their configuration names.
    // libgit2 runs nothing, and a store mounted into a container often belongs to another user.
    _ = mlops_git_set_owner_validation(0)
  }()

  static func start() { _ = started }

  /// Turns a negative result into an error that carries libgit2's own sentence.
  @discardableResult
  static func check(_ code: CInt, _ operation: String, _ path: FilePath) throws(HistoryError)
    -> CInt
  {
    guard code < 0 else { return code }
    let reason = git_error_last().flatMap { $0.pointee.message }.map { String(cString: $0) }
    throw .git(
      operation: operation, path: path.string, code: code, reason: reason ?? "no reason given")
  }

  private static let durableSections = Mutex(0)

  /// Runs something while libgit2 fsyncs every file that it writes.
  ///
  /// The option is one for the whole process; what others write meanwhile is merely written slower.
  static func durably<Result>(_ body: () throws -> Result) rethrows -> Result {
    durableSections.withLock { count in
      count += 1
      _ = mlops_git_set_fsync(1)
    }
    defer {
      durableSections.withLock { count in
        count -= 1
        if count == 0 { _ = mlops_git_set_fsync(0) }
      }
    }
    return try body()
  }
}
