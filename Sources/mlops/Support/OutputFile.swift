import Foundation
import JSON
import MLOpsCore

/// A file that an option names, for a command to write to.
enum OutputFile {
  /// Where a path leads, symbolic links followed.
  enum Target {
    /// A file that is replaced whole, with its permissions.
    case file(String, mode: mode_t)
    /// Nothing yet.
    case missing(String)
    /// A device, a pipe or a socket, or a file that is the program's own output: written to as it is.
    case stream(String)

    var path: String {
      switch self {
      case .file(let path, _), .missing(let path), .stream(let path): path
      }
    }
  }

  /// Writes a text: a file appears or changes only when it is whole.
  ///
  /// - Parameter isPrivate: Whether a new file is its owner's alone; one that is there keeps its
  ///   permissions.
  /// - Throws: `OutputFailure`.
  static func write(_ text: String, to path: String, isPrivate: Bool = false) throws {
    let bytes = Array(text.utf8)
    switch try target(of: path) {
    case .file(let target, let mode): try replace(target, with: bytes, mode: mode, named: path)
    case .missing(let target):
      try replace(target, with: bytes, mode: nil, isPrivate: isPrivate, named: path)
    case .stream(let target): try pour(bytes, into: target, named: path)
    }
  }

  /// What is at a path.
  ///
  /// - Throws: `OutputFailure` for a folder, and for links that lead round in circles.
  static func target(of path: String) throws -> Target {
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard errno == ENOENT else { throw OutputFailure(path) }
      return .missing(try endOfLinks(path))
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: throw OutputFailure(path, reason: "it is a folder")
    case S_IFREG:
      guard ownOutput(status) == nil else { return .stream(path) }
      guard let real = realpath(path, nil) else { throw OutputFailure(path) }
      defer { free(real) }
      return .file(String(cString: real), mode: status.st_mode & 0o7777)
    default: return .stream(path)
    }
  }

  /// Where links lead to nothing: the path that would have to be made.
  private static func endOfLinks(_ path: String) throws -> String {
    var path = path
    for _ in 0..<40 {
      guard let next = try? FileManager.default.destinationOfSymbolicLink(atPath: path) else {
        return path
      }
      path =
        next.hasPrefix("/")
        ? next : URL(fileURLWithPath: path).deletingLastPathComponent().path + "/" + next
    }
    throw OutputFailure(path, reason: String(cString: strerror(ELOOP)))
  }

  /// The descriptor of the program's output where a file is that; opening it once more would write
  /// over what the program prints.
  private static func ownOutput(_ status: stat) -> Int32? {
    [STDOUT_FILENO, STDERR_FILENO].first { descriptor in
      var own = stat()
      return fstat(descriptor, &own) == 0 && own.st_dev == status.st_dev
        && own.st_ino == status.st_ino
    }
  }

  private static func replace(
    _ target: String, with bytes: [UInt8], mode: mode_t?, isPrivate: Bool = false,
    named path: String
  ) throws {
    if mode != nil, access(target, W_OK) != 0 { throw OutputFailure(path) }
    let temporary = "\(target).\(UUID().uuidString).tmp"
    let file = open(
      temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, isPrivate || mode != nil ? 0o600 : 0o666)
    guard file >= 0 else { throw OutputFailure(path) }
    do {
      defer { close(file) }
      try write(bytes, to: file, named: path)
      if let mode, fchmod(file, mode) != 0 { throw OutputFailure(path) }
      guard fsync(file) == 0 else { throw OutputFailure(path) }
      guard rename(temporary, target) == 0 else { throw OutputFailure(path) }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private static func pour(_ bytes: [UInt8], into target: String, named path: String) throws {
    var status = stat()
    if stat(target, &status) == 0, let own = ownOutput(status) {
      return try write(bytes, to: own, named: path)
    }
    let file = open(target, O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { throw OutputFailure(path) }
    defer { close(file) }
    try write(bytes, to: file, named: path)
  }

  private static func write(_ bytes: [UInt8], to file: Int32, named path: String) throws {
    var offset = 0
    while offset < bytes.count {
      let written = bytes[offset...].withUnsafeBytes {
        Foundation.write(file, $0.baseAddress, $0.count)
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw OutputFailure(path) }
      offset += written
    }
  }
}

/// A file that an option names cannot be written.
struct OutputFailure: Failure {
  private let path: String
  private let reason: String

  /// - Parameter reason: A clause without a full stop; what the system said last where it is left out.
  init(_ path: String, reason: String = String(cString: strerror(errno))) {
    self.path = path
    self.reason = reason
  }

  var code: String { "output.cannot_write" }
  var kind: FailureKind { .unavailable }
  var message: String { "'\(path)' could not be written: \(reason)." }
  var facts: [String: JSONValue] { ["path": .string(path), "reason": .string(reason)] }
}
