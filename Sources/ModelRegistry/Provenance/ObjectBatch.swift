import CGit2
import SystemPackage

/// The objects of commits that are being made, held in memory until they are sealed on the disk.
///
/// Nothing refers to them before `seal` has returned, so a crash leaves at most objects that nobody
/// needs. A few objects become loose files, many become one pack.
final class ObjectBatch {
  /// Beyond so many objects a pack is both faster to write and a tenth of the size.
  static let looseLimit = 200

  private struct Pending {
    let id: ObjectID
    let kind: git_object_t
    let bytes: [UInt8]
    /// Tells the packer which objects are likely to resemble each other.
    let path: String
  }

  private let repository: FilePath
  private var pending: [Pending] = []
  private var known: Set<ObjectID> = []
  /// Bytes held, before compression.
  private(set) var byteCount = 0

  init(repository: FilePath) { self.repository = repository }

  @discardableResult
  func add(_ bytes: [UInt8], kind: git_object_t, path: String = "") -> ObjectID {
    let id = ObjectID(of: bytes, kind: kind)
    if known.insert(id).inserted {
      pending.append(Pending(id: id, kind: kind, bytes: bytes, path: path))
      byteCount += bytes.count
    }
    return id
  }

  /// Writes everything to the disk.
  ///
  /// A pack is durable on return. Loose objects are written out, and durable as soon as the next
  /// fsync forces the filesystem's journal: the one that moves the branch (as git's own
  /// `core.fsyncMethod=batch` does). That is one forced journal an event instead of twenty.
  func seal() throws {
    if pending.count > ObjectBatch.looseLimit { try sealAsPack() } else { try sealAsLooseObjects() }
    pending = []
    known = []
    byteCount = 0
  }

  private func sealAsLooseObjects() throws {
    let objects = repository.appending("objects")
    // A backend of our own, used directly: the repository's would skip an object whose file is
    // there already, though a power cut may have left that file empty.
    var opened: UnsafeMutablePointer<git_odb_backend>?
    try Libgit2.check(
      git_odb_backend_loose(&opened, objects.string, -1, 0, 0, 0), "open its objects", repository)
    guard let backend = opened else { return }
    defer { backend.pointee.free(backend) }
    for object in pending {
      try write(object, to: backend)
      let hex = object.id.description
      let path = objects.appending(String(hex.prefix(2))).appending(String(hex.dropFirst(2)))
      let file = try OpenFile(reading: path)
      try FileSystem.check(mlops_write_out(file.descriptor), "write out", path)
    }
  }

  private func sealAsPack() throws {
    let repository = try GitRepository(opening: repository)
    var odb: OpaquePointer?
    try Libgit2.check(
      git_repository_odb(&odb, repository.pointer), "open its objects", repository.path)
    defer { git_odb_free(odb) }
    // The packer reads its objects from the repository, so they are lent to it in memory.
    var memory: UnsafeMutablePointer<git_odb_backend>?
    try Libgit2.check(git_mempack_new(&memory), "make a pack", repository.path)
    guard let memory else { return }
    try Libgit2.check(git_odb_add_backend(odb, memory, 999), "make a pack", repository.path)
    for object in pending { try write(object, to: memory) }
    let packer = try ObjectPacker(repository)
    for object in pending { try packer.add(object.id, path: object.path) }
    try packer.write()
  }

  private func write(_ object: Pending, to backend: UnsafeMutablePointer<git_odb_backend>)
    throws(HistoryError)
  {
    var raw = object.id.raw
    let code = object.bytes.withUnsafeBytes {
      backend.pointee.write(backend, &raw, $0.baseAddress, $0.count, object.kind)
    }
    try Libgit2.check(code, "write object \(object.id)", repository)
  }
}
