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

  /// Lets go of the memory of some bytes, which are read from the file again when they are touched.
  public func release(_ range: Range<Int>) {
    // Whole pages inside the range: those at its ends may hold what others still read.
    let page = Int(getpagesize())
    let start = (max(range.lowerBound, 0) + page - 1) / page * page
    let end = min(range.upperBound, bytes.count) / page * page
    guard start < end, let base = bytes.baseAddress else { return }
    _ = madvise(UnsafeMutableRawPointer(mutating: base + start), end - start, MADV_DONTNEED)
  }

  /// Lets go of the memory of all bytes.
  public func release() { release(0..<bytes.count) }

  deinit {
    munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), max(bytes.count, 1))
  }
}
