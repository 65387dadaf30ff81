import Foundation
import SystemPackage

/// A file that appears under its name only when it is whole.
struct AtomicFile: ~Copyable {
  private let path: FilePath
  private let temporary: FilePath
  private let file: FileDescriptor
  private var buffer: [UInt8] = []
  private var isCommitted = false

  init(_ path: FilePath) throws(DatasetsError) {
    let temporary = FilePath("\(path.string).\(UUID().uuidString).tmp")
    self.path = path
    self.temporary = temporary
    file = try Files.attempt("written", path) {
      try FileDescriptor.open(
        temporary, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
    }
  }

  deinit {
    guard !isCommitted else { return }
    try? file.close()
    unlink(temporary.string)
  }

  mutating func write(line: some Sequence<UInt8>) throws(DatasetsError) {
    buffer += line
    buffer.append(0x0A)
    if buffer.count >= 1 << 18 { try flush() }
  }

  mutating func write(_ bytes: [UInt8]) throws(DatasetsError) {
    buffer += bytes
    if buffer.count >= 1 << 18 { try flush() }
  }

  /// Makes the bytes durable, then gives them their name.
  mutating func commit() throws(DatasetsError) {
    try flush()
    let (file, temporary, path) = (file, temporary, path)
    try Files.attempt("written", path) {
      guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
      guard rename(temporary.string, path.string) == 0 else { throw Errno(rawValue: errno) }
      try file.close()
    }
    isCommitted = true
  }

  private mutating func flush() throws(DatasetsError) {
    let (file, bytes) = (file, buffer)
    _ = try Files.attempt("written", path) { try file.writeAll(bytes) }
    buffer.removeAll(keepingCapacity: true)
  }
}
