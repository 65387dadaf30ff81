import MLOpsCore
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// File access with this module's errors.
enum Files {
  static func open(_ path: FilePath) throws(DatasetsError) -> FileDescriptor {
    try attempt("opened", path) { try FileDescriptor.open(path, .readOnly, options: .closeOnExec) }
  }

  static func exists(_ path: FilePath) -> Bool { access(path.string, F_OK) == 0 }

  /// Whether it can be read more than once.
  static func isRegular(_ path: FilePath) -> Bool {
    var status = stat()
    return stat(path.string, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Refuses a pipe where rows have to be read again.
  ///
  /// - Parameter purpose: What needs that, such as `looking for near duplicates`.
  static func checkRereadable(_ path: FilePath, for purpose: String) throws(DatasetsError) {
    // One that is missing is reported when it is opened.
    if isRegular(path) || path.string != "-" && !exists(path) { return }
    guard try SourceFormat.folder(path) == nil else { return }
    throw .fileFailed(
      path: path.string, operation: "read twice",
      reason: "\(purpose) needs that, so save it to a file first")
  }

  /// The size in bytes; nil where it is no regular file.
  static func size(of file: FileDescriptor) -> Int64? {
    guard let end = try? file.seek(offset: 0, from: .end), end > 0,
      (try? file.seek(offset: 0, from: .start)) != nil
    else { return nil }
    return end
  }

  /// Whether a read would not wait: there are bytes, or there will be none.
  ///
  /// - Parameter milliseconds: how long to wait for that.
  static func isReady(_ file: FileDescriptor, within milliseconds: CInt) -> Bool {
    var request = pollfd(fd: file.rawValue, events: Int16(POLLIN), revents: 0)
    let count = poll(&request, 1, milliseconds)
    // What cannot be waited for is read, which says why.
    return count > 0 || count < 0 && errno != EINTR
  }

  /// The next bytes; empty at the end.
  static func read(from file: FileDescriptor, _ path: FilePath, atMost count: Int)
    throws(DatasetsError) -> [UInt8]
  {
    try attempt("read", path) {
      try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        filled = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
      }
    }
  }

  /// What it is instead of a regular file or a pipe, which hold a text and end; nil for those.
  private static func unfitness(of file: FileDescriptor) -> String? {
    var status = stat()
    guard fstat(file.rawValue, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG, S_IFIFO, S_IFSOCK: return nil
    case S_IFDIR: return "a folder"
    default: return "a device"
    }
  }

  /// - Throws: `datasets.file_failed`; `datasets.unfit_file` for folders, devices and more than `limit`
  ///   bytes.
  static func contents(of path: FilePath, atMost limit: Int) throws(DatasetsError) -> [UInt8] {
    let file = try open(path)
    defer { try? file.close() }
    if let found = unfitness(of: file) {
      throw .unfitFile(path: path.string, expected: "a file", found: found)
    }
    var bytes: [UInt8] = []
    while true {
      let piece = try read(from: file, path, atMost: 1 << 20)
      if piece.isEmpty { return bytes }
      bytes += piece
      guard bytes.count <= limit else {
        throw .unfitFile(
          path: path.string, expected: "a file of at most \(Quantity.bytes(Int64(limit)))",
          found: "a larger one")
      }
    }
  }

  static func attempt<Value>(
    _ operation: String, _ path: FilePath, _ body: () throws -> Value
  ) throws(DatasetsError) -> Value {
    do {
      return try body()
    } catch Errno.isDirectory {
      throw .unfitFile(path: path.string, expected: "a file", found: "a folder")
    } catch {
      throw .fileFailed(
        path: path.string, operation: operation, reason: String(describing: error))
    }
  }
}
