import Foundation
import GRDB
public import MLOpsCore

/// What garbage collection does with one version or file, and why.
public struct GCDecision: Sendable, Hashable, CustomStringConvertible {
  public enum Subject: Sendable, Hashable {
    case version(ArtifactName, VersionNumber, Digest)
    case blob(Digest)
    /// The compressed file of a blob that is there plain too.
    case compressedTwin(Digest)
    /// The folder in `tmp/` of a command that died.
    case staging(String)
    /// What a training could go on from.
    case checkpoints(RunID)
  }

  public let subject: Subject
  public let keep: Bool
  /// Such as `alias champion` or `no version needs it`; at least one.
  public let reasons: [String]
  /// Bytes that it takes in the store by itself; 0 for a version, whose blobs are listed too.
  public let size: Int64

  public var description: String {
    let what =
      switch subject {
      case .version(let name, let version, _): "\(name)@\(version)"
      case .blob(let digest): "blob \(digest)"
      case .compressedTwin(let digest): "compressed blob \(digest)"
      case .staging(let name): "tmp/\(name)"
      case .checkpoints(let run): "checkpoints of \(run)"
      }
    return "\(keep ? "keep" : "remove") \(what): \(reasons.joined(separator: ", "))"
  }
}

/// What a garbage collection did, or would do.
public struct GCReport: Sendable {
  public let dryRun: Bool
  public let decisions: [GCDecision]
  /// Small files of `history.git` that were put together into one; 0 where they were few.
  public let packedObjects: Int

  public var removed: [GCDecision] { decisions.filter { !$0.keep } }
  /// Bytes that were freed, or would be.
  public var freedBytes: Int64 { removed.reduce(0) { $0 + $1.size } }
}

extension Registry {
  /// Removes what nothing needs.
  ///
  /// Always: blobs that no version needs, the compressed file of those that are there plain too,
  /// checkpoints of runs that ended well or that such a run went on from, and what dead commands
  /// left in `tmp/`. Only where `olderThan` is given: checkpoints of unfinished runs that did nothing
  /// since, and versions that no alias, no generation, no live run, no run that can be resumed and no
  /// kept version's lineage reaches, and that are not the newest of their name. The history loses
  /// nothing; its loose objects are packed when there are many.
  ///
  /// Safe beside writers. An add keeps its bytes in `tmp/`, under a lock that dies with it, until
  /// the transaction that makes them needed; blobs are removed inside a transaction too, so SQLite
  /// puts one after the other. An add that relied on a blob removed before it looks again.
  public func gc(
    dryRun: Bool, olderThan: Duration? = nil, progress: ProgressHandler? = nil
  ) throws -> GCReport {
    var decisions = try collectVersions(dryRun: dryRun, olderThan: olderThan)
    decisions += try collectBlobs(
      dryRun: dryRun, after: Set(decisions.filter { !$0.keep }.map(\.subject)), progress)
    decisions += try collectTwins(
      dryRun: dryRun,
      sparing: Set(
        decisions.compactMap {
          if case .blob(let digest) = $0.subject, !$0.keep { digest } else { nil }
        }))
    decisions += try collectCheckpoints(dryRun: dryRun, olderThan: limit(of: olderThan))
    for name in try StagingFolder.sweep(layout.staging, dryRun: dryRun) {
      decisions.append(
        GCDecision(
          subject: .staging(name), keep: false, reasons: ["its command is dead"], size: 0))
    }
    return GCReport(
      dryRun: dryRun, decisions: decisions, packedObjects: dryRun ? 0 : packHistory())
  }

  /// A history that cannot be packed still serves; `verify` says what is wrong with it.
  private func packHistory() -> Int {
    guard let status = try? FileSystem.status(layout.history), status.isFolder,
      let history = try? HistoryRepository(openingOrCreatingAt: layout.history)
    else { return 0 }
    return (try? history.packIfScattered())?.objects ?? 0
  }

  /// Microseconds since 1970; nil where no age is given.
  private func limit(of age: Duration?) -> Int64? {
    age.map {
      Timestamp.now() - $0.components.seconds * 1_000_000
        - $0.components.attoseconds / 1_000_000_000_000
    }
  }

  /// The rows go first, in a transaction of their own: a blob must never go before the version
  /// that needs it, whenever the process dies.
  private func collectVersions(dryRun: Bool, olderThan: Duration?) throws -> [GCDecision] {
    let limit = limit(of: olderThan)
    let resumable = try resumableRuns(olderThan: limit)
    func decisions(_ database: Database) throws -> [GCDecision] {
      try Reachability(database, resumable: resumable).decisions(olderThan: limit)
    }
    guard limit != nil, !dryRun else { return try read(decisions) }
    return try change { database in
      let decisions = try decisions(database)
      for decision in decisions where !decision.keep {
        guard case .version(let name, let version, let digest) = decision.subject else { continue }
        try remove(name, version, digest, database)
      }
      return decisions
    }
  }

  private func remove(
    _ name: ArtifactName, _ version: VersionNumber, _ digest: Digest, _ database: Database
  ) throws {
    let id = try Int64.fetchOne(
      database,
      sql: """
        SELECT v.id FROM versions v JOIN artifacts a ON a.id = v.artifact_id
        WHERE a.name = ? AND v.number = ?
        """, arguments: [name.description, version.value])
    try database.execute(sql: "DELETE FROM version_texts WHERE rowid = ?", arguments: [id])
    try database.execute(sql: "DELETE FROM versions WHERE id = ?", arguments: [id])
    try EventDraft(
      action: .versionRemoved, name: name, version: version, digest: digest,
      reason: "garbage collection"
    ).insert(database, author: author, time: Timestamp.now())
  }

  /// - Parameter removed: versions that a dry run would have removed before.
  private func collectBlobs(
    dryRun: Bool, after removed: Set<GCDecision.Subject>, _ progress: ProgressHandler?
  ) throws -> [GCDecision] {
    // Candidates are found without the lock; what was decided is looked at again under it.
    let present = Set(try blobs.list().files.map(\.digest)).sorted()
    var spared: [GCDecision] = []
    var garbage: [Digest] = []
    try read { database in
      for digest in present {
        let users = try Registry.users(of: digest, database)
        let kept = users.filter { !removed.contains($0) }
        if kept.isEmpty {
          garbage.append(digest)
        } else {
          spared.append(try decision(digest, kept))
        }
      }
    }
    if dryRun { return try spared + garbage.map { try decision($0, []) } }
    let step = 200
    var decisions = spared
    for start in stride(from: 0, to: garbage.count, by: step) {
      decisions += try removeUnneeded(garbage[start..<min(start + step, garbage.count)])
      progress?(
        ProgressUpdate(
          label: "removing", done: Int64(min(start + step, garbage.count)),
          total: Int64(garbage.count), unit: "blobs"))
    }
    try write { database in
      // Rows of blobs that went before a kill could take the rows along.
      for hex in try String.fetchAll(
        database,
        sql: """
          SELECT digest FROM blobs
          WHERE NOT EXISTS (SELECT 1 FROM version_files f WHERE f.digest = blobs.digest)
          """)
      {
        guard let digest = Digest(hex: hex),
          try BlobForm.allCases.allSatisfy({
            try FileSystem.status(layout.blob(digest, $0)) == nil
          })
        else { continue }
        try database.execute(sql: "DELETE FROM blobs WHERE digest = ?", arguments: [hex])
      }
    }
    return decisions
  }

  /// A short transaction, so that writers do not wait long.
  private func removeUnneeded(_ garbage: ArraySlice<Digest>) throws -> [GCDecision] {
    try write { database in
      try garbage.map { digest in
        let users = try Registry.users(of: digest, database)
        let decision = try decision(digest, users)
        guard users.isEmpty else { return decision }
        try database.execute(sql: "DELETE FROM blobs WHERE digest = ?", arguments: [digest.hex])
        try blobs.remove(digest)
        return decision
      }
    }
  }

  private func decision(_ digest: Digest, _ users: [GCDecision.Subject]) throws -> GCDecision {
    let size = try blobs.storedSize(of: digest)
    let names = users.prefix(3).map { user in
      if case .version(let name, let version, _) = user { "\(name)@\(version)" } else { "\(user)" }
    }
    let more = users.count > 3 ? ["and \(users.count - 3) more versions"] : []
    return GCDecision(
      subject: .blob(digest), keep: !users.isEmpty,
      reasons: users.isEmpty
        ? ["no version needs it"] : ["needed by " + (names + more).joined(separator: ", ")],
      size: size)
  }

  /// The versions that need a blob.
  static func users(of digest: Digest, _ database: Database) throws -> [GCDecision.Subject] {
    try Row.fetchAll(
      database.cachedStatement(
        sql: """
          SELECT DISTINCT a.name, v.number, v.digest FROM version_files f
          JOIN versions v ON v.id = f.version_id JOIN artifacts a ON a.id = v.artifact_id
          WHERE f.digest = ? ORDER BY a.name, v.number
          """), arguments: [digest.hex]
    ).compactMap { row in
      guard let version = VersionNumber(row[1] as Int), let digest = Digest(hex: row[2]) else {
        return nil
      }
      return .version(try ArtifactName(row[0] as String), version, digest)
    }
  }
}
