import Foundation
import GRDB
public import MLOpsCore
public import SystemPackage

/// What a repair did and could not do.
public struct RepairReport: Sendable {
  /// Blobs whose bytes were found and put back.
  public let restored: [Digest]
  /// Damaged blobs that were moved to `tmp/damaged`.
  public let setAside: [Digest]
  /// What stays lost, with the versions and generations that need it.
  public let lost: [VerifyProblem]
  /// Folders that dead commands had left in `tmp/`.
  public let swept: [String]
  /// Whether `history.git` could not be read and was written anew; the old one is in `tmp/damaged`.
  public let historyRewritten: Bool
}

extension Registry {
  /// Restores damaged and missing blobs whose bytes are found among the candidates.
  ///
  /// A candidate is a file, or a folder whose files are all looked at: a copy of this store, another
  /// store, the folder that was once added. Bytes are known by their digest, never by their name.
  ///
  /// - Throws: `registry.no_candidate` where a candidate does not exist.
  public func repair(from candidates: [FilePath], progress: ProgressHandler? = nil) throws
    -> RepairReport
  {
    guard !catalog.isReadOnly else { throw RegistryError.readOnly(root) }
    for candidate in candidates where try FileSystem.status(candidate) == nil {
      throw RegistryError.noCandidate(candidate)
    }
    let needed = try neededBlobs()
    let states = try hashBlobs(Array(Set(try blobs.list().blobs).union(needed.keys)), progress)
    var setAside: [Digest] = []
    var wanted: [Int64: Set<Digest>] = [:]
    for (digest, state) in states.sorted(by: { $0.key < $1.key }) {
      switch state {
      case .sound, .unreadable: continue
      case .damaged:
        try moveAside(digest)
        setAside.append(digest)
      case .missing: break
      }
      if let size = needed[digest] { wanted[size, default: []].insert(digest) }
    }
    let restored = try restore(wanted, from: candidates)
    let historyRewritten = try repairHistory()
    let lost = try verify(progress: progress).problems.filter {
      switch $0.what {
      case .blobMissing, .blobDamaged, .blobUnreadable: true
      default: false
      }
    }
    return RepairReport(
      restored: restored, setAside: setAside, lost: lost,
      swept: try StagingFolder.sweep(layout.staging, dryRun: false),
      historyRewritten: historyRewritten)
  }

  /// Sets a history aside that cannot be read, and writes it again from the events.
  private func repairHistory() throws -> Bool {
    do {
      try writeMissingHistory(trustingMark: false)
      return false
    } catch is HistoryError {
      try FileSystem.makeFolder(layout.damaged)
      let name = "history-\(UInt64.random(in: .min ... .max)).git"
      try FileSystem.rename(layout.history, to: layout.damaged.appending(name))
      try write { try $0.execute(sql: "UPDATE meta SET value = 0 WHERE key = 'history_done'") }
      try writeMissingHistory(trustingMark: false)
      return true
    }
  }

  private func moveAside(_ digest: Digest) throws {
    try FileSystem.makeFolder(layout.damaged)
    try FileSystem.rename(layout.blob(digest), to: layout.damaged.appending(digest.hex))
    try FileSystem.synchroniseFolder(layout.shard(of: digest))
  }

  /// Looks at files whose size is that of a lost blob; stops when all are found.
  private func restore(_ lost: [Int64: Set<Digest>], from candidates: [FilePath]) throws -> [Digest]
  {
    var wanted = lost
    var restored: [Digest] = []
    let staging = try StagingFolder(in: layout.staging)
    for candidate in candidates {
      try visit(candidate) { path, status in
        guard wanted[status.size]?.isEmpty == false else { return !wanted.isEmpty }
        let staged = staging.path.appending("blob-\(restored.count)")
        try FileSystem.remove(staged)
        let digest = try copy(path, to: staged)
        guard wanted[status.size]?.remove(digest) != nil else { return true }
        let shard = try blobs.place(staged, as: digest)
        try FileSystem.synchroniseFolder(shard)
        restored.append(digest)
        if wanted[status.size]?.isEmpty == true { wanted[status.size] = nil }
        return !wanted.isEmpty
      }
    }
    return restored
  }

  private func copy(_ path: FilePath, to staged: FilePath) throws -> Digest {
    let source = try OpenFile(reading: path)
    let copy = try OpenFile(creating: staged)
    let digest = try FileHasher().hash(source, copyingTo: copy).digest
    try copy.makeReadOnly()
    try copy.synchronise()
    return digest
  }

  /// Calls `body` with each regular file until it says false. Symbolic links are not followed, and
  /// what cannot be listed is passed over: it is a candidate, not a source that was asked for.
  private func visit(_ path: FilePath, _ body: (FilePath, FileStatus) throws -> Bool) throws {
    var front = [path]
    while let next = front.popLast() {
      guard let status = try FileSystem.status(next) else { continue }
      if status.isFolder {
        front += ((try? FileSystem.names(in: next)) ?? []).map { next.appending($0) }
      } else if status.isRegular {
        guard try body(next, status) else { return }
      }
    }
  }
}
