import CGit2
import SystemPackage

/// Writes objects of a repository as one pack with its index, durable before it gets its name.
struct ObjectPacker: ~Copyable {
  private let builder: OpaquePointer
  private let path: FilePath

  init(_ repository: borrowing GitRepository) throws(HistoryError) {
    path = repository.path
    var made: OpaquePointer?
    try Libgit2.check(git_packbuilder_new(&made, repository.pointer), "make a pack", path)
    guard let made else { throw HistoryError.damagedObject(path: path.string, object: "pack") }
    builder = made
    _ = git_packbuilder_set_threads(builder, 0)
  }

  deinit { git_packbuilder_free(builder) }

  func add(_ id: ObjectID, path name: String) throws(HistoryError) {
    var raw = id.raw
    try Libgit2.check(git_packbuilder_insert(builder, &raw, name), "pack object \(id)", path)
  }

  /// Returns the index file of the new pack.
  @discardableResult
  func write() throws(HistoryError) -> FilePath {
    let code = Libgit2.durably { git_packbuilder_write(builder, nil, 0, nil, nil) }
    try Libgit2.check(code, "write a pack", path)
    let name = git_packbuilder_name(builder).map { String(cString: $0) } ?? ""
    return path.appending("objects").appending("pack").appending("pack-\(name).idx")
  }
}
