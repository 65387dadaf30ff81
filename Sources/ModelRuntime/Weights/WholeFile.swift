internal import SystemPackage

/// Writes a file that is made in memory.
enum WholeFile {
  /// Writes the bytes, in place of any file that is there.
  ///
  /// - Throws: `runtime.file_unwritable`.
  static func write(_ bytes: [UInt8], to path: FilePath) throws(RuntimeError) {
    do {
      let descriptor = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .truncate],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      try descriptor.closeAfter { _ = try descriptor.writeAll(bytes) }
    } catch {
      throw .fileUnwritable(path: path.string, reason: "\(error)")
    }
  }
}
