import Foundation
import JSON
public import MLOpsCore
public import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The one place that a server of an environment can have in a store.
///
/// `servers/<environment>.lock` is locked as long as the server's process lives, however it ends;
/// `servers/<environment>.json` says where the server listens.
public final class ServerSeat: Sendable {
  private let lock: FileDescriptor
  private let file: FilePath
  private let environment: EnvironmentName

  /// Takes the seat.
  ///
  /// - Throws: `ServingError` with code `deployment.already_serving` or `deployment.server_file`.
  public static func take(_ environment: EnvironmentName, inStore store: FilePath)
    throws(ServingError) -> ServerSeat
  {
    let folder = store.appending("servers")
    if mkdir(folder.string, 0o700) != 0, errno != EEXIST {
      throw .serverFile(operation: "make the folder", path: folder.string, reason: reason())
    }
    let path = folder.appending("\(environment).lock")
    let lock = try FileDescriptor.lockFile(path)
    // A command that only looks whether a server lives holds the lock for a moment.
    for _ in 0..<20 {
      if flock(lock.rawValue, LOCK_EX | LOCK_NB) == 0 {
        return ServerSeat(lock: lock, folder: folder, environment: environment)
      }
      usleep(10_000)
    }
    try? lock.close()
    throw .alreadyServing(environment, process: read(environment, folder)?.process)
  }

  /// The server that lives in an environment; nil where there is none.
  ///
  /// - Throws: `ServingError` with code `deployment.server_file`.
  public static func occupant(of environment: EnvironmentName, inStore store: FilePath)
    throws(ServingError) -> ServerRecord?
  {
    let folder = store.appending("servers")
    let path = folder.appending("\(environment).lock")
    guard access(path.string, F_OK) == 0 else { return nil }
    // A shared lock needs no right to write: a store may be another user's.
    let lock = try FileDescriptor.lockFile(path, .readOnly, [])
    defer { try? lock.close() }
    if flock(lock.rawValue, LOCK_SH | LOCK_NB) == 0 { return nil }
    // Nil as well while a server starts and does not listen yet.
    return read(environment, folder)
  }

  private init(lock: FileDescriptor, folder: FilePath, environment: EnvironmentName) {
    self.lock = lock
    self.environment = environment
    file = folder.appending("\(environment).json")
    // A server that was killed could not take its record away.
    unlink(file.string)
  }

  deinit {
    withdraw()
    try? lock.close()
  }

  /// Says where the server listens.
  ///
  /// - Throws: `ServingError` with code `deployment.server_file`.
  public func publish(_ record: ServerRecord) throws(ServingError) {
    let draft = FilePath(file.string + ".draft")
    do {
      let descriptor = try FileDescriptor.open(
        draft, .writeOnly, options: [.create, .truncate, .closeOnExec],
        permissions: .ownerReadWrite)
      try descriptor.closeAfter {
        _ = try descriptor.writeAll((record.json.pretty + "\n").utf8)
        guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
      }
    } catch {
      throw .serverFile(operation: "write", path: draft.string, reason: "\(error)")
    }
    guard rename(draft.string, file.string) == 0 else {
      throw .serverFile(operation: "rename to", path: file.string, reason: ServerSeat.reason())
    }
  }

  /// Takes the record away; the seat stays taken.
  public func withdraw() { unlink(file.string) }

  private static func read(_ environment: EnvironmentName, _ folder: FilePath) -> ServerRecord? {
    let path = folder.appending("\(environment).json")
    guard let data = FileManager.default.contents(atPath: path.string),
      let json = try? JSONValue(parsing: Array(data))
    else { return nil }
    return ServerRecord(json: json)
  }

  private static func reason() -> String { "\(Errno(rawValue: errno))" }
}

extension FileDescriptor {
  fileprivate static func lockFile(
    _ path: FilePath, _ mode: AccessMode = .readWrite, _ options: OpenOptions = .create
  ) throws(ServingError) -> FileDescriptor {
    do {
      return try open(
        path, mode, options: options.union(.closeOnExec), permissions: .ownerReadWrite)
    } catch {
      throw .serverFile(operation: "open", path: path.string, reason: "\(error)")
    }
  }
}
