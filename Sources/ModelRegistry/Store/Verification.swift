import Dispatch
import Foundation
import GRDB
public import MLOpsCore
import Synchronization
import SystemPackage

extension Registry {
  /// Hashes the content of every blob again, on all cores, and checks the catalog and the history.
  ///
  /// A blob that lies in two forms is hashed in both.
  public func verify(progress: ProgressHandler? = nil) throws -> VerifyReport {
    let (present, strangers) = try blobs.list()
    let needed = try neededBlobs()
    let states = try hashBlobs(present, needed, progress)
    var problems: [VerifyProblem] = []
    for (file, state) in states.sorted(by: { $0.key < $1.key }) {
      let what: VerifyProblem.What
      switch state {
      case .sound, .missing: continue
      case .damaged(let found): what = .blobDamaged(file.digest, found: found)
      case .broken(let reason):
        what = .compressedBlobDamaged(
          file.digest, path: layout.blob(file).string, reason: reason)
      case .unreadable(let reason): what = .blobUnreadable(file.digest, reason: reason)
      }
      problems.append(try problem(what, with: file.digest))
    }
    // What is not needed and went meanwhile was collected.
    let found = Set(states.filter { !$0.value.isMissing }.map(\.key.digest))
    for digest in needed.keys.sorted() where !found.contains(digest) {
      problems.append(try problem(.blobMissing(digest), with: digest))
    }
    problems += strangers.map { VerifyProblem(.strangeFile(path: $0.string)) }
    problems += try read { try CatalogAudit($0).problems() }
    problems += verifyFeedback() + verifyOutcomes()
    problems += try verifyHistory()
    let count = try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM versions") ?? 0 }
    let bytes = states.values.reduce(Int64(0)) { sum, state in
      if case .sound(let size) = state { sum + size } else { sum }
    }
    let digests = Set(present.map(\.digest))
    return VerifyReport(
      blobCount: digests.count, byteCount: bytes, versionCount: count,
      strayBlobs: digests.filter { needed[$0] == nil }.sorted(), problems: problems)
  }

  /// Digests and sizes of the blobs that versions need.
  func neededBlobs() throws -> [Digest: Int64] {
    try read { database in
      var needed: [Digest: Int64] = [:]
      for row in try Row.fetchAll(
        database,
        sql: """
          SELECT digest, size FROM blobs
          WHERE EXISTS (SELECT 1 FROM version_files f WHERE f.digest = blobs.digest)
          """)
      {
        if let digest = Digest(hex: row[0]) { needed[digest] = row[1] }
      }
      return needed
    }
  }

  /// Hashes the files that were found, and those of needed blobs that came since.
  func hashBlobs(_ present: [BlobFile], _ needed: [Digest: Int64], _ progress: ProgressHandler?)
    throws -> [BlobFile: BlobState]
  {
    let listed = Set(present.map(\.digest))
    let late = needed.keys.filter { !listed.contains($0) }
      .flatMap { digest in BlobForm.allCases.map { BlobFile(digest: digest, form: $0) } }
    // Large ones first, so that no core is left alone with one at the end.
    let sizes = Dictionary(
      uniqueKeysWithValues: (present + late).map {
        ($0, ((try? FileSystem.status(layout.blob($0))) ?? nil)?.size ?? 0)
      })
    let work = sizes.keys.sorted { (sizes[$0] ?? 0, $1) > (sizes[$1] ?? 0, $0) }
    let total = sizes.values.reduce(0, +)
    let states = Mutex<[BlobFile: BlobState]>([:])
    let done = ByteCount()
    DispatchQueue.concurrentPerform(iterations: work.count) { [layout] index in
      let file = work[index]
      let state = BlobState(of: file, at: layout.blob(file)) { bytes in
        progress?(
          ProgressUpdate(label: "verifying", done: done.add(bytes), total: total, unit: "B"))
      }
      states.withLock { $0[file] = state }
    }
    return states.withLock { $0 }
  }

  private func verifyFeedback() -> [VerifyProblem] {
    Registry.problems { try feedbackIfAny()?.damage() }
      .map { VerifyProblem(.feedback(detail: $0)) }
  }

  private func verifyOutcomes() -> [VerifyProblem] {
    Registry.problems { try outcomesIfAny()?.damage() }
      .map { VerifyProblem(.outcomes(detail: $0)) }
  }

  private static func problems(_ damage: () throws -> [String]?) -> [String] {
    do {
      return try damage() ?? []
    } catch {
      let report = FailureReport(error)
      // Repair has nothing for such a file, so what to do is told here.
      return [[report.message, report.advice].compactMap { $0 }.joined(separator: " ")]
    }
  }

  private func verifyHistory() throws -> [VerifyProblem] {
    var reason: String?
    var lag: Int64 = 0
    do {
      if catalog.isReadOnly {
        lag = try missingHistory()
      } else {
        try writeMissingHistory(trustingMark: false)
        lag = try historyLag()
      }
    } catch {
      reason = FailureReport(error).message
      lag = try historyLag()
    }
    guard lag > 0 || reason != nil else { return [] }
    return [VerifyProblem(.historyBehind(events: lag, reason: reason))]
  }

  /// A problem of a blob, with everything that needs the blob.
  private func problem(_ what: VerifyProblem.What, with digest: Digest) throws -> VerifyProblem {
    try read { database in
      let versions = try VersionRecord.all(
        database,
        """
        WHERE v.id IN (SELECT version_id FROM version_files WHERE digest = ?)
        ORDER BY a.name, v.number
        """, [digest.hex])
      let generations = try String.fetchAll(
        database,
        sql: """
          WITH RECURSIVE affected(digest) AS (
            SELECT v.digest FROM version_files f JOIN versions v ON v.id = f.version_id
              WHERE f.digest = ?
            UNION SELECT v.digest FROM affected JOIN ingredients i ON i.digest = affected.digest
              JOIN versions v ON v.id = i.version_id)
          SELECT environment || '#' || number FROM generations
          WHERE release IN (SELECT digest FROM affected) ORDER BY environment, number
          """, arguments: [digest.hex])
      return VerifyProblem(
        what: what, versions: versions.map(\.reference),
        aliases: versions.flatMap { version in
          version.aliases.map { .alias(version.name, $0) }
        }, generations: generations)
    }
  }
}
