import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What `stat` says about a file, as far as the store cares.
struct FileStatus: Sendable, Equatable {
  let device: UInt64
  let inode: UInt64
  let mode: UInt32
  /// Names that the inode has.
  let links: UInt64
  /// Bytes.
  let size: Int64
  /// Nanoseconds since 1970.
  let modified: Int64

  fileprivate init(_ raw: stat) {
    device = UInt64(raw.st_dev)
    inode = UInt64(raw.st_ino)
    mode = UInt32(raw.st_mode)
    links = UInt64(raw.st_nlink)
    size = Int64(raw.st_size)
    #if canImport(Darwin)
      modified =
        Int64(raw.st_mtimespec.tv_sec) * 1_000_000_000 + Int64(raw.st_mtimespec.tv_nsec)
    #else
      modified = Int64(raw.st_mtim.tv_sec) * 1_000_000_000 + Int64(raw.st_mtim.tv_nsec)
    #endif
  }

  var isRegular: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFREG) }
  var isFolder: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFDIR) }

  func isSameFile(as other: FileStatus) -> Bool {
    device == other.device && inode == other.inode
  }

  /// Whether nobody wrote in between, as far as size and time of modification tell.
  func isUnchanged(since other: FileStatus) -> Bool {
    size == other.size && modified == other.modified
  }

  /// What the file is, for messages.
  var typeName: String {
    switch mode & UInt32(S_IFMT) {
    case UInt32(S_IFREG): "a regular file"
    case UInt32(S_IFDIR): "a folder"
    case UInt32(S_IFLNK): "a symbolic link"
    case UInt32(S_IFIFO): "a named pipe"
    case UInt32(S_IFSOCK): "a socket"
    case UInt32(S_IFCHR), UInt32(S_IFBLK): "a device"
    default: "a special file"
    }
  }
}

/// An open file, closed when it goes out of scope.
struct OpenFile: ~Copyable {
  let descriptor: CInt
  let path: FilePath

  /// Opens for reading; never waits for the other end of a pipe.
  init(reading path: FilePath) throws(RegistryError) {
    self.path = path
    descriptor = open(path.string, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    try FileSystem.check(descriptor, "open", path)
  }

  /// Makes a new file for writing; fails where one exists.
  init(creating path: FilePath) throws(RegistryError) {
    self.path = path
    descriptor = open(path.string, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    try FileSystem.check(descriptor, "create", path)
  }

  /// Opens for locking, creating where it is missing.
  init(locking path: FilePath) throws(RegistryError) {
    self.path = path
    descriptor = open(path.string, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    try FileSystem.check(descriptor, "open", path)
  }

  deinit { if descriptor >= 0 { _ = close(descriptor) } }

  func status() throws(RegistryError) -> FileStatus {
    var raw = stat()
    try FileSystem.check(fstat(descriptor, &raw), "stat", path)
    return FileStatus(raw)
  }

  /// Goes back to the first byte.
  func rewind() throws(RegistryError) {
    guard lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw .system(operation: "rewind", path: path, error: Errno(rawValue: errno))
    }
  }

  /// The bytes at a place, wherever the file's position is; fewer where the file ends.
  ///
  /// - Parameter count: at most some hundred.
  func bytes(at offset: Int64, atMost count: Int) throws(RegistryError) -> [UInt8] {
    var found = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      repeat {
        found = pread(descriptor, buffer.baseAddress, count, off_t(offset))
      } while found < 0 && errno == EINTR
      filled = max(found, 0)
    }
    guard found >= 0 else {
      throw .system(operation: "read", path: path, error: Errno(rawValue: errno))
    }
    return bytes
  }

  /// Takes over the extents of another file without copying, where the file system can (Btrfs,
  /// XFS); false where not.
  func share(_ source: borrowing OpenFile) -> Bool {
    #if os(Linux)
      // FICLONE, _IOW(0x94, 9, int): a function-like macro that Swift does not import.
      return ioctl(descriptor, 0x4004_9409, source.descriptor) == 0
    #else
      return false
    #endif
  }

  /// Forces the file's bytes to the disk.
  func synchronise() throws(RegistryError) {
    try FileSystem.check(fsync(descriptor), "fsync", path)
  }

  /// Makes the file readable for all and writable for nobody.
  func makeReadOnly() throws(RegistryError) {
    try FileSystem.check(fchmod(descriptor, 0o444), "chmod", path)
  }

  /// Takes the exclusive lock of the open file; false where another holds it.
  func tryLock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }
}

/// The system calls of the store, with errors that name the operation and the path.
enum FileSystem {
  static func check(_ result: CInt, _ operation: String, _ path: FilePath) throws(RegistryError) {
    guard result >= 0 else {
      throw .system(operation: operation, path: path, error: Errno(rawValue: errno))
    }
  }

  /// Nil where there is nothing.
  static func status(_ path: FilePath) throws(RegistryError) -> FileStatus? {
    var raw = stat()
    if lstat(path.string, &raw) == 0 { return FileStatus(raw) }
    let error = Errno(rawValue: errno)
    if error == .noSuchFileOrDirectory || error == .notDirectory { return nil }
    throw .system(operation: "stat", path: path, error: error)
  }

  /// Makes one folder; false where it exists.
  @discardableResult
  static func makeFolder(_ path: FilePath) throws(RegistryError) -> Bool {
    if mkdir(path.string, 0o777) == 0 { return true }
    let error = Errno(rawValue: errno)
    if error == .fileExists { return false }
    throw .system(operation: "create", path: path, error: error)
  }

  /// Makes a folder and those above it.
  static func makeFolders(_ path: FilePath) throws(RegistryError) {
    if let status = try status(path), status.isFolder { return }
    let parent = path.removingLastComponent()
    if !parent.isEmpty, parent != path { try makeFolders(parent) }
    try makeFolder(path)
  }

  static func rename(_ old: FilePath, to new: FilePath) throws(RegistryError) {
    #if canImport(Glibc)
      try check(Glibc.rename(old.string, new.string), "rename", old)
    #elseif canImport(Musl)
      try check(Musl.rename(old.string, new.string), "rename", old)
    #else
      try check(Darwin.rename(old.string, new.string), "rename", old)
    #endif
  }

  /// Gives an inode a second name; false where that cannot be (another file system, too many names).
  static func makeHardLink(_ new: FilePath, to old: FilePath) throws(RegistryError) -> Bool {
    // AT_SYMLINK_FOLLOW: the content of a linked file, never the symbolic link itself.
    if linkat(AT_FDCWD, old.string, AT_FDCWD, new.string, CInt(AT_SYMLINK_FOLLOW)) == 0 {
      return true
    }
    let error = Errno(rawValue: errno)
    switch error {
    case .improperLink, .notPermitted, .tooManyLinks, .notSupported: return false
    default: throw .system(operation: "link", path: new, error: error)
    }
  }

  /// Removes a file; false where there is none.
  @discardableResult
  static func remove(_ path: FilePath) throws(RegistryError) -> Bool {
    if unlink(path.string) == 0 { return true }
    let error = Errno(rawValue: errno)
    if error == .noSuchFileOrDirectory { return false }
    throw .system(operation: "remove", path: path, error: error)
  }

  /// Removes an empty folder; false where it is missing or not empty.
  @discardableResult
  static func removeEmptyFolder(_ path: FilePath) -> Bool { rmdir(path.string) == 0 }

  /// Forces the names in a folder to the disk.
  static func synchroniseFolder(_ path: FilePath) throws(RegistryError) {
    let folder = try OpenFile(reading: path)
    try folder.synchronise()
  }

  /// The names in a folder, sorted by their bytes; empty where there is no folder.
  static func names(in path: FilePath) throws(RegistryError) -> [String] {
    guard let folder = opendir(path.string) else {
      let error = Errno(rawValue: errno)
      if error == .noSuchFileOrDirectory { return [] }
      throw .system(operation: "list", path: path, error: error)
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) {
          String(cString: $0)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
