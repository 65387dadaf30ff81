import CGit2
import Synchronization
import SystemPackage

/// What `pack` did.
struct HistoryPacking: Sendable, Equatable {
  /// Loose objects that are in a pack now.
  var objects: Int
}

extension HistoryRepository {
  /// So many loose objects, a few hundred single events, are worth a pack: loose ones take a disk
  /// block and a directory entry each.
  static let scatteredFrom = 2000

  /// Packs where that is worth it; nil where few objects are loose.
  func packIfScattered() throws -> HistoryPacking? {
    try looseObjects().count < HistoryRepository.scatteredFrom ? nil : pack()
  }

  /// Turns loose objects into one pack, and tags that are files into lines of `packed-refs`.
  ///
  /// A loose object goes only when the new pack is durable and has been found to hold it; one that
  /// cannot be read stays where it is for `git fsck` to name.
  @discardableResult
  func pack() throws -> HistoryPacking {
    try repository.withLock { repository in
      let writer = try WriterLock.take(in: path)
      defer { writer.release() }
      try removeAbandonedFiles()
      try References(repository: path).packTags()
      let loose = try looseObjects()
      guard let index = try writePack(of: loose.map(\.id), in: repository) else {
        return HistoryPacking(objects: 0)
      }
      let packed = try removePacked(loose, by: index)
      return HistoryPacking(objects: packed)
    }
  }

  /// Removes the temporary files of writers that were killed. Whoever holds the writer's lock is
  /// the only one who makes files of these names.
  private func removeAbandonedFiles() throws {
    let objects = path.appending("objects")
    for (folder, prefix) in [
      (objects, "tmp_object_git2_"), (objects.appending("pack"), "pack_git2_"),
    ] {
      for name in try FileSystem.names(in: folder) where name.hasPrefix(prefix) {
        try FileSystem.remove(folder.appending(name))
      }
    }
  }

  private typealias LooseObject = (id: ObjectID, file: FilePath)

  private func looseObjects() throws -> [LooseObject] {
    let objects = path.appending("objects")
    var found: [LooseObject] = []
    for shard in try FileSystem.names(in: objects) where shard.utf8.count == 2 {
      for name in try FileSystem.names(in: objects.appending(shard)) {
        if let id = ObjectID(hex: shard + name) {
          found.append((id, objects.appending(shard).appending(name)))
        }
      }
    }
    return found
  }

  private func writePack(of ids: [ObjectID], in repository: borrowing GitRepository) throws
    -> FilePath?
  {
    var odb: OpaquePointer?
    try Libgit2.check(git_repository_odb(&odb, repository.pointer), "open its objects", path)
    defer { git_odb_free(odb) }
    let packer = try ObjectPacker(repository)
    var count = 0
    for id in ids {
      var raw = id.raw
      var object: OpaquePointer?
      guard git_odb_read(&object, odb, &raw) == 0 else { continue }
      git_odb_object_free(object)
      try packer.add(id, path: "")
      count += 1
    }
    return count == 0 ? nil : try packer.write()
  }

  private func removePacked(_ loose: [LooseObject], by index: FilePath) throws -> Int {
    var opened: UnsafeMutablePointer<git_odb_backend>?
    try Libgit2.check(git_odb_backend_one_pack(&opened, index.string), "open its new pack", path)
    guard let pack = opened else { return 0 }
    defer { pack.pointee.free(pack) }
    var count = 0
    for object in loose {
      var raw = object.id.raw
      guard pack.pointee.exists(pack, &raw) == 1 else { continue }
      try FileSystem.remove(object.file)
      count += 1
    }
    return count
  }
}
