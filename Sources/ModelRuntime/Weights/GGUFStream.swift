internal import SystemPackage

/// Writes a GGUF file whose tensors' data comes in pieces, so that no tensor need be in memory whole.
final class GGUFStream {
  private let path: FilePath
  private let descriptor: FileDescriptor
  private let header: GGUFHeader
  /// The tensor that is being written, and how many of its bytes are there.
  private var index = 0
  private var written = 0

  /// Writes what comes before the data.
  ///
  /// - Throws: `runtime.file_unwritable`.
  init(_ path: FilePath, header: GGUFHeader) throws(RuntimeError) {
    self.path = path
    self.header = header
    do {
      descriptor = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .truncate],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch {
      throw .fileUnwritable(path: path.string, reason: "\(error)")
    }
    try write(header.bytes)
  }

  deinit { try? descriptor.close() }

  /// Appends to the data of the current tensor; the next one follows when it is whole.
  ///
  /// - Throws: `runtime.file_unwritable`, `runtime.invalid_request` for more than the tensor takes.
  func append(_ data: [UInt8]) throws(RuntimeError) {
    guard index < header.tensors.count, written + data.count <= header.tensors[index].size else {
      throw .invalidRequest(reason: "\(path) was given more data than its tensors take")
    }
    try write(data)
    written += data.count
    guard written == header.tensors[index].size else { return }
    try write([UInt8](repeating: 0, count: header.padding(after: written)))
    index += 1
    written = 0
  }

  /// - Throws: `runtime.invalid_request` where data is missing.
  func finish() throws(RuntimeError) {
    guard index == header.tensors.count else {
      throw .invalidRequest(
        reason: "\(path) lacks the data of '\(header.tensors[index].name)'")
    }
  }

  private func write(_ bytes: [UInt8]) throws(RuntimeError) {
    do {
      _ = try descriptor.writeAll(bytes)
    } catch {
      throw .fileUnwritable(path: path.string, reason: "\(error)")
    }
  }
}
