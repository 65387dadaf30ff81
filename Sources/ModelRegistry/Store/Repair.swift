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
    let states = try hashBlobs(try blobs.list().files, needed, progress)
    var setAside: [Digest] = []
    // A blob that cannot be read may be whole: nothing is put in its place.
    var settled: Set<Digest> = []
    for (file, state) in states.sorted(by: { $0.key < $1.key }) {
      switch state {
      case .sound, .unreadable: settled.insert(file.digest)
      case .missing: continue
      case .damaged, .broken:
        try moveAside(file)
        if setAside.last != file.digest { setAside.append(file.digest) }
      }
    }
    var restoration = Restoration(
      of: needed.filter { !settled.contains($0.key) }, blobs: blobs,
      staging: try StagingFolder(in: layout.staging))
    for candidate in candidates { try restoration.search(candidate) }
    let restored = restoration.restored
    let historyRewritten = try repairHistory()
    let lost = try verify(progress: progress).problems.filter {
      switch $0.what {
      case .blobMissing, .blobDamaged, .compressedBlobDamaged, .blobUnreadable: true
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

  private func moveAside(_ file: BlobFile) throws {
    try FileSystem.makeFolder(layout.damaged)
    try FileSystem.rename(
      layout.blob(file), to: layout.damaged.appending(file.digest.hex + file.form.suffix))
    try FileSystem.synchroniseFolder(layout.shard(of: file.digest))
  }
}
