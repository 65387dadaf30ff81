internal import Foundation
public import SystemPackage

/// A file's bytes in the address space, read from the disk as they are touched.
///
/// As libllama does it: the file must not be shortened while it is mapped. Files of the store never
/// change.
public final class MappedFile: Sendable {
  nonisolated(unsafe) public let bytes: UnsafeRawBufferPointer

  /// - Throws: `runtime.file_unreadable`.
  public init(_ path: FilePath) throws(RuntimeError) {
    do {
      let descriptor = try FileDescriptor.open(path, .readOnly)
      let size = Int(try descriptor.seek(offset: 0, from: .end))
      let address = mmap(nil, max(size, 1), PROT_READ, MAP_PRIVATE, descriptor.rawValue, 0)
      let reason = Errno(rawValue: errno)
      try descriptor.close()
      guard let address, address != MAP_FAILED else { throw reason }
      bytes = UnsafeRawBufferPointer(start: address, count: size)
    } catch {
      throw .fileUnreadable(path: path.string, reason: "\(error)")
    }
  }

  deinit {
    munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), max(bytes.count, 1))
  }
}
