import Dispatch
import Foundation
import GRDB
public import MLOpsCore
import Synchronization
import SystemPackage

/// One thing that is not as it should be.
public struct VerifyProblem: Sendable, Hashable, CustomStringConvertible {
  public enum What: Sendable, Hashable {
    /// A version needs the blob and it is not there.
    case blobMissing(Digest)
    /// The blob's bytes have another digest.
    case blobDamaged(Digest, found: Digest)
    /// The blob could not be read.
    case blobUnreadable(Digest, reason: String)
    /// A file under `blobs/` that is none.
    case strangeFile(path: String)
    /// A statement of FORMAT.md, section 8, does not hold.
    case catalog(invariant: Int, detail: String)
    /// `history.git` lacks events, and why it could not be written.
    case historyBehind(events: Int64, reason: String?)
  }

  public let what: What
  /// The versions that need it.
  public let versions: [Reference]
  /// The aliases that point at those versions.
  public let aliases: [Reference]
  /// The generations that serve one of those versions or something made from it: `production#3`.
  public let generations: [String]

  public var description: String {
    let text =
      switch what {
      case .blobMissing(let digest): "blob \(digest) is missing"
      case .blobDamaged(let digest, let found): "blob \(digest) is damaged: its bytes have \(found)"
      case .blobUnreadable(let digest, let reason): "blob \(digest) cannot be read: \(reason)"
      case .strangeFile(let path): "'\(path)' is no blob"
      case .catalog(let invariant, let detail): "invariant \(invariant) is broken: \(detail)"
      case .historyBehind(let events, let reason):
        if events == 0, let reason {
          "the history cannot be read: \(reason) 'mlops repair' writes it anew."
        } else {
          "the history lacks \(events) events" + (reason.map { ": \($0)" } ?? "")
        }
      }
    let users = versions.map(\.description) + aliases.map(\.description) + generations
    return users.isEmpty ? text : "\(text); needed by \(users.joined(separator: ", "))"
  }
}

/// What a verification found.
public struct VerifyReport: Sendable {
  public let blobCount: Int
  /// Bytes that were hashed.
  public let byteCount: Int64
  public let versionCount: Int
  /// Blobs that no version needs; `gc` removes them.
  public let strayBlobs: [Digest]
  public let problems: [VerifyProblem]

  public var isSound: Bool { problems.isEmpty }
}

extension Registry {
  /// Hashes every blob again, on all cores, and checks the catalog and the history.
  public func verify(progress: ProgressHandler? = nil) throws -> VerifyReport {
    let (present, strangers) = try blobs.list()
    let needed = try neededBlobs()
    let states = try hashBlobs(Array(Set(present).union(needed.keys)), progress)
    var problems: [VerifyProblem] = []
    for (digest, state) in states.sorted(by: { $0.key < $1.key }) {
      let what: VerifyProblem.What
      switch state {
      case .sound: continue
      case .missing:
        if needed[digest] == nil { continue }  // collected meanwhile
        what = .blobMissing(digest)
      case .damaged(let found): what = .blobDamaged(digest, found: found)
      case .unreadable(let reason): what = .blobUnreadable(digest, reason: reason)
      }
      problems.append(try problem(what, with: digest))
    }
    problems += strangers.map { VerifyProblem(.strangeFile(path: $0.string)) }
    problems += try read { try CatalogAudit($0).problems() }
    problems += try verifyHistory()
    let count = try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM versions") ?? 0 }
    let bytes = states.values.reduce(Int64(0)) { sum, state in
      if case .sound(let size) = state { sum + size } else { sum }
    }
    return VerifyReport(
      blobCount: present.count, byteCount: bytes, versionCount: count,
      strayBlobs: present.filter { needed[$0] == nil }, problems: problems)
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

  func hashBlobs(_ digests: [Digest], _ progress: ProgressHandler?) throws -> [Digest: BlobState] {
    // Large ones first, so that no core is left alone with one at the end.
    let sizes = Dictionary(
      uniqueKeysWithValues: digests.map {
        ($0, ((try? FileSystem.status(layout.blob($0))) ?? nil)?.size ?? 0)
      })
    let work = digests.sorted { (sizes[$0] ?? 0, $1) > (sizes[$1] ?? 0, $0) }
    let total = sizes.values.reduce(0, +)
    let states = Mutex<[Digest: BlobState]>([:])
    let done = ByteCount()
    DispatchQueue.concurrentPerform(iterations: work.count) { [layout] index in
      let digest = work[index]
      let state = BlobState(of: digest, at: layout.blob(digest)) { bytes in
        progress?(
          ProgressUpdate(label: "verifying", done: done.add(bytes), total: total, unit: "B"))
      }
      states.withLock { $0[digest] = state }
    }
    return states.withLock { $0 }
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

extension VerifyProblem {
  /// A problem that is no single version's.
  init(_ what: What) { self.init(what: what, versions: [], aliases: [], generations: []) }
}

/// What a blob is found to be.
enum BlobState: Sendable {
  case sound(size: Int64)
  case missing
  case damaged(Digest)
  case unreadable(String)

  init(of digest: Digest, at path: FilePath, report: @escaping @Sendable (Int64) -> Void) {
    do {
      let file = try OpenFile(reading: path)
      let (found, size) = try FileHasher(report: report).hash(file)
      self = found == digest ? .sound(size: size) : .damaged(found)
    } catch RegistryError.system(_, _, .noSuchFileOrDirectory) {
      self = .missing
    } catch {
      self = .unreadable(FailureReport(error).message)
    }
  }
}
