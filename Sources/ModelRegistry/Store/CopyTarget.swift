import CGit2
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The file that a copy goes to, written from its beginning.
///
/// A large copy goes past the page cache: copying gigabytes into it costs as much time as hashing
/// them, and pushes out what programs are using.
struct CopyTarget: ContentWriter, Sendable {
  private let descriptor: CInt
  private let path: FilePath
  private var isDirect: Bool
  private var written: Int64 = 0

  /// Below this a copy is left in the page cache for whoever reads it next, in bytes.
  private static let directFrom: Int64 = 64 << 20

  /// - Parameter size: bytes that will be written.
  init(_ file: borrowing OpenFile, size: Int64) {
    descriptor = file.descriptor
    path = file.path
    isDirect =
      size >= CopyTarget.directFrom && mlops_set_direct(file.descriptor, 1) == 0
  }

  /// Writes all of the bytes, which begin at a page where they are of a `PageBuffer`.
  mutating func write(_ bytes: UnsafeRawBufferPointer) throws(RegistryError) {
    // The last piece of a file is seldom a whole page.
    if isDirect, bytes.count % PageBuffer.alignment != 0 { goThroughCache() }
    var done = 0
    while done < bytes.count {
      let count = posixWrite(
        descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
      if count >= 0 {
        done += count
        if isDirect, done % PageBuffer.alignment != 0 { goThroughCache() }
      } else if errno == EINVAL, isDirect {
        goThroughCache()
      } else if errno != EINTR {
        throw .system(operation: "write", path: path, error: Errno(rawValue: errno))
      }
    }
    if !isDirect {
      // The disk writes while we hash, so that the fsync at the end has little left to wait for.
      mlops_begin_write_out(descriptor, written, Int64(bytes.count))
    }
    written += Int64(bytes.count)
  }

  /// Writes over the first bytes of what was written.
  func replaceBeginning(by bytes: [UInt8]) throws(RegistryError) {
    var count = 0
    repeat { count = pwrite(descriptor, bytes, bytes.count, 0) } while count < 0 && errno == EINTR
    guard count == bytes.count else {
      throw .system(
        operation: "write", path: path, error: count < 0 ? Errno(rawValue: errno) : .ioError)
    }
  }

  /// Nothing is held back.
  func finish() {}

  private mutating func goThroughCache() {
    _ = mlops_set_direct(descriptor, 0)
    isDirect = false
  }
}

// The type's own `write` would hide it inside.
private func posixWrite(_ file: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(file, bytes, count)
}
