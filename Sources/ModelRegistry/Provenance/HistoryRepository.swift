import CGit2
import Foundation
import Synchronization
import SystemPackage

/// The audit trail `history.git`: one commit per event of the catalog, in a bare git repository.
///
/// The catalog is the truth and this is its outbox: `append` takes events in order, skips those it
/// has, and can be repeated after any crash. Objects come first, then the tags, the branch last, so
/// that what the branch reaches is always whole; `git fsck`, `log`, `diff`, `tag`, `clone` and
/// `push` work on it at any time.
///
/// An event costs the trees on its changed paths, one commit, one file a tag and one forced write of
/// the branch, however many events came before.
final class HistoryRepository: Sendable {
  /// Beyond so many bytes of objects (before compression) a catch-up seals what it has and moves
  /// the branch, so that its memory stays bounded and a crash loses little work.
  static let sealedBytes = 64 << 20

  let path: FilePath
  let repository: Mutex<GitRepository>

  /// Opens the repository at a path, and makes one where there is none or only a half-made one.
  init(openingOrCreatingAt path: FilePath) throws {
    self.path = path
    repository = Mutex(try HistoryCreation.open(path))
  }

  /// The number of the newest event in the history; 0 when it is empty.
  func lastSequence() throws -> Int64 {
    try repository.withLock { try HistoryRepository.tip(of: $0).sequence }
  }

  /// Commits those events that the history does not have.
  ///
  /// - Parameter commits: in rising order of their sequence numbers.
  /// - Throws: `HistoryError`, or `RegistryError.system`; what was committed until then stays.
  func append(_ commits: [HistoryCommit]) throws {
    try repository.withLock { repository in
      let writer = try WriterLock.take(in: path)
      defer { writer.release() }
      let tip = try HistoryRepository.tip(of: repository)
      let missing = commits.filter { $0.sequence > tip.sequence }
      if missing.isEmpty { return }
      let paths = try HistoryRepository.check(missing)

      let tree = try HistoryRepository.tree(of: tip, in: repository)
      let batch = ObjectBatch(repository: path)
      let references = References(repository: path)
      var parent = tip.commit
      var tags: [String: ObjectID] = [:]
      for (commit, parts) in zip(missing, paths) {
        for (file, parts) in zip(commit.files, parts) {
          let id = file.contents.map { batch.add($0, kind: GIT_OBJECT_BLOB, path: file.path) }
          try tree.set(parts[...], to: id, in: repository)
        }
        let object = commit.object(tree: tree.write(to: batch), parent: parent)
        let id = batch.add(object, kind: GIT_OBJECT_COMMIT)
        for tag in commit.tags { tags[TagName.reference(for: tag)] = id }
        parent = id
        if batch.byteCount > HistoryRepository.sealedBytes
          || commit.sequence == missing.last?.sequence
        {
          try batch.seal()
          try references.setTags(tags)
          try references.moveBranch(to: id)
          tags = [:]
        }
      }
    }
  }

  /// Where the branch stands.
  private struct Tip {
    var commit: ObjectID?
    var tree: ObjectID?
    var sequence: Int64
  }

  /// Somebody may have committed on top by hand: their commits stay, and the newest of ours counts.
  private static func tip(of repository: borrowing GitRepository) throws -> Tip {
    guard let head = try repository.target(of: References.branch) else {
      return Tip(commit: nil, tree: nil, sequence: 0)
    }
    let newest = try repository.commit(head)
    var (message, parent) = (newest.message, newest.parent)
    while true {
      if let sequence = EventTrailer.sequence(in: message) {
        return Tip(commit: head, tree: newest.tree, sequence: sequence)
      }
      guard let id = parent else { break }
      let commit = try repository.commit(id)
      (message, parent) = (commit.message, commit.parent)
    }
    throw HistoryError.foreign(path: repository.path.string, commit: head.description)
  }

  private static func tree(of tip: Tip, in repository: borrowing GitRepository) throws
    -> HistoryTree
  {
    guard let id = tip.tree else { return HistoryTree() }
    return try HistoryTree(parsing: repository.treeBytes(id), id: id, in: repository)
  }

  /// Refuses what could not be committed before anything is written; returns the parts of all paths.
  private static func check(_ commits: [HistoryCommit]) throws -> [[[[UInt8]]]] {
    for (previous, next) in zip(commits, commits.dropFirst())
    where next.sequence <= previous.sequence {
      throw HistoryError.outOfOrder(previous: previous.sequence, next: next.sequence)
    }
    return try commits.map { try $0.files.map { try HistoryPath.parts(of: $0.path) } }
  }
}
