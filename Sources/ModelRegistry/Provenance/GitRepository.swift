import CGit2
import SystemPackage

/// An open repository of libgit2: one thread at a time, freed when it goes out of scope.
struct GitRepository: ~Copyable {
  let pointer: OpaquePointer
  let path: FilePath

  /// Opens exactly this folder, without looking in those above it.
  init(opening path: FilePath) throws(HistoryError) {
    Libgit2.start()
    var opened: OpaquePointer?
    let flags = UInt32(GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue)
    try Libgit2.check(
      git_repository_open_ext(&opened, path.string, flags, nil), "be opened", path)
    guard let opened else { throw HistoryError.damagedObject(path: path.string, object: "HEAD") }
    pointer = opened
    self.path = path
  }

  deinit { git_repository_free(pointer) }

  /// What a reference points at; nil where there is none.
  func target(of reference: String) throws(HistoryError) -> ObjectID? {
    var id = git_oid()
    let code = git_reference_name_to_id(&id, pointer, reference)
    if code == GIT_ENOTFOUND.rawValue { return nil }
    try Libgit2.check(code, "look up \(reference)", path)
    return ObjectID(id)
  }

  /// A commit's message and first parent.
  func commit(_ id: ObjectID) throws(HistoryError) -> (
    message: String, tree: ObjectID, parent: ObjectID?
  ) {
    var raw = id.raw
    var commit: OpaquePointer?
    try Libgit2.check(git_commit_lookup(&commit, pointer, &raw), "read commit \(id)", path)
    defer { git_commit_free(commit) }
    guard let message = git_commit_message_raw(commit), let tree = git_commit_tree_id(commit) else {
      throw .damagedObject(path: path.string, object: id.description)
    }
    let parent = git_commit_parent_id(commit, 0).map { ObjectID($0.pointee) }
    return (String(cString: message), ObjectID(tree.pointee), parent)
  }

  /// The bytes of a tree object.
  func treeBytes(_ id: ObjectID) throws(HistoryError) -> [UInt8] {
    var odb: OpaquePointer?
    try Libgit2.check(git_repository_odb(&odb, pointer), "open its objects", path)
    defer { git_odb_free(odb) }
    var raw = id.raw
    var object: OpaquePointer?
    try Libgit2.check(git_odb_read(&object, odb, &raw), "read tree \(id)", path)
    defer { git_odb_object_free(object) }
    guard git_odb_object_type(object) == GIT_OBJECT_TREE, let data = git_odb_object_data(object)
    else { throw .damagedObject(path: path.string, object: id.description) }
    return Array(UnsafeRawBufferPointer(start: data, count: git_odb_object_size(object)))
  }
}
