import SystemPackage

/// The bytes of a Parquet file, read where they are wanted, and how much of them is held.
final class ParquetFile {
  let path: FilePath
  /// In bytes.
  let size: Int
  private let descriptor: FileDescriptor
  private var held = 0

  init(_ path: FilePath) throws(DatasetsError) {
    self.path = path
    descriptor = try Files.open(path)
    size = Int(Files.size(of: descriptor) ?? 0)
  }

  deinit { try? descriptor.close() }

  /// Exactly so many bytes.
  func read(_ count: Int, at offset: Int) throws(ParquetFault) -> [UInt8] {
    guard offset >= 0, count >= 0, count <= size, offset <= size - count else {
      throw .damaged("it refers to what lies beyond its end")
    }
    var bytes: [UInt8]
    do {
      bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        while filled < count {
          let rest = UnsafeMutableRawBufferPointer(
            rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
          let got = try descriptor.read(fromAbsoluteOffset: Int64(offset + filled), into: rest)
          if got == 0 { break }
          filled += got
        }
      }
    } catch {
      throw .failed(.fileFailed(path: path.string, operation: "read", reason: "\(error)"))
    }
    guard bytes.count == count else { throw .damaged("it became shorter while it was read") }
    return bytes
  }

  /// Counts memory that is taken, and with a negative number memory that is given back.
  func hold(_ bytes: Int) throws(ParquetFault) {
    held += bytes
    guard held <= ParquetLimit.total else {
      throw .unsupported("its pages take more than \(ParquetLimit.total >> 20) MiB at a time")
    }
  }
}
