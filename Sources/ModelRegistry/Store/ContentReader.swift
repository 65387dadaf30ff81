import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Gives the content of an open file piece by piece, from the file's position.
protocol ContentReader {
  /// Fills the buffer unless the content ends before.
  ///
  /// - Returns: bytes in the buffer, 0 at the end, and bytes that were read from the disk for them.
  mutating func fill(_ buffer: PageBuffer) throws(RegistryError) -> (count: Int, read: Int)
}

/// The file whose content is read: a description that can go to another thread.
///
/// The descriptor is the caller's, who keeps it open.
struct ContentInput: Sendable {
  let descriptor: CInt
  let path: FilePath
  let form: BlobForm
  /// Bytes of the content, as the file's status or its frame says.
  let size: Int64

  /// - Throws: `registry.compressed_blob_damaged`, `registry.system`.
  init(_ file: borrowing OpenFile, _ form: BlobForm) throws(RegistryError) {
    descriptor = file.descriptor
    path = file.path
    self.form = form
    switch form {
    case .plain: size = try file.status().size
    case .compressed: size = try BlobFrame(of: file).contentSize
    }
  }

  func reader() throws(RegistryError) -> any ContentReader {
    switch form {
    case .plain: PlainReader(self)
    case .compressed: try FrameReader(self)
    }
  }
}

/// Content that lies in the file as it is.
struct PlainReader: ContentReader {
  private let input: ContentInput

  init(_ input: ContentInput) { self.input = input }

  func fill(_ buffer: PageBuffer) throws(RegistryError) -> (count: Int, read: Int) {
    var filled = 0
    while filled < buffer.bytes.count {
      let room = UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[filled...])
      let count = try PlainReader.read(input, into: room)
      if count == 0 { break }
      filled += count
    }
    return (filled, filled)
  }

  /// The next bytes of a file, as many as the system gives; 0 at the end.
  static func read(_ input: ContentInput, into buffer: UnsafeMutableRawBufferPointer)
    throws(RegistryError) -> Int
  {
    while true {
      let count = posixRead(input.descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      guard errno == EINTR else {
        throw .system(operation: "read", path: input.path, error: Errno(rawValue: errno))
      }
    }
  }
}

// The type's own `read` would hide it inside.
private func posixRead(_ file: CInt, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(file, bytes, count)
}
