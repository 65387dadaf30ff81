import Foundation
import GRDB
import JSON
import MLOpsCore

extension Registry {
  /// Commits to `history.git` what the catalog has and it lacks.
  ///
  /// The events are an outbox: they were written with the change itself, so nothing is lost when
  /// this fails; the next open tries again, and `verify` says what is missing.
  func catchUpHistory() {
    guard !catalog.isReadOnly else { return }
    _ = try? writeMissingHistory()
  }

  /// How many events the history lacks, by the catalog's own mark; costs two look-ups.
  func historyLag() throws -> Int64 {
    try read { try HistoryOutbox.mark($0).lag }
  }

  /// How many events the repository lacks, without writing them.
  func missingHistory() throws -> Int64 {
    let mark = try read { try HistoryOutbox.mark($0) }
    let events = mark.done + mark.lag
    guard events > 0, try FileSystem.status(layout.history) != nil else { return events }
    return events - (try HistoryRepository(openingOrCreatingAt: layout.history).lastSequence())
  }

  /// Like `catchUpHistory`, with the reason where it fails.
  ///
  /// - Parameter trustingMark: false looks into the repository even where the catalog's mark says
  ///   that all is there, so that a lost or older `history.git` is written again.
  func writeMissingHistory(trustingMark: Bool = true) throws {
    let mark = try read { try HistoryOutbox.mark($0) }
    guard mark.lag > 0 || (!trustingMark && mark.done > 0) else { return }
    let repository = try HistoryRepository(openingOrCreatingAt: layout.history)
    while true {
      let last = try repository.lastSequence()
      let commits = try read { try HistoryOutbox.commits($0, after: last) }
      try advanceMark(to: last)
      guard let end = commits.last?.sequence else { return }
      // Another process may append the same events first; then this skips them.
      try repository.append(commits)
      try advanceMark(to: end)
    }
  }

  /// Losing the mark costs one look into the repository, so it is not forced to the disk.
  private func advanceMark(to sequence: Int64) throws {
    try catalog.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA synchronous = NORMAL")
      defer { try? database.execute(sql: "PRAGMA synchronous = FULL") }
      try database.execute(
        sql: "UPDATE meta SET value = ?1 WHERE key = 'history_done' AND value < ?1",
        arguments: [sequence])
    }
  }
}

/// Turns events into commits: which files an event writes, and what they say (FORMAT.md, section 6).
enum HistoryOutbox {
  static func mark(_ database: Database) throws -> (done: Int64, lag: Int64) {
    let row = try Row.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT (SELECT value FROM meta WHERE key = 'history_done'),
            coalesce((SELECT max(sequence) FROM events), 0)
          """))
    let done: Int64 = row?[0] ?? 0
    let last: Int64 = row?[1] ?? 0
    return (done, last - done)
  }

  /// Events that one append takes. Many, because each append of a large catch-up makes a pack of
  /// its own and rewrites the list of tags.
  private static let batchCount = 10_000
  /// Bytes of manifests and the like that one append takes, so that memory stays bounded.
  private static let batchBytes = 16 << 20

  /// The next events as commits; empty where there are none.
  static func commits(_ database: Database, after sequence: Int64) throws -> [HistoryCommit] {
    let rows = try Row.fetchCursor(
      database.cachedStatement(
        sql: "SELECT * FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?"),
      arguments: [sequence, batchCount])
    var commits: [HistoryCommit] = []
    var bytes = 0
    while bytes < batchBytes, let row = try rows.next() {
      let commit = try commit(EventRecord(row: row), time: row["time"], database)
      bytes += commit.files.reduce(0) { $0 + ($1.contents?.count ?? 0) }
      commits.append(commit)
    }
    return commits
  }

  private static func commit(_ event: EventRecord, time: Int64, _ database: Database) throws
    -> HistoryCommit
  {
    var commit = HistoryCommit(
      sequence: event.sequence, files: [], tags: [], author: event.author, time: event.time,
      message: message(event))
    switch event.action {
    case .versionAdded:
      guard let name = event.name, let version = event.version, let digest = event.digest else {
        throw malformed(event)
      }
      commit.tags = ["\(name)@\(version)"]
      // Garbage collection may have removed the version before its commit was written.
      if let content = try content(name, version, database) {
        let record: JSONValue = [
          "digest": .string(digest.description), "manifest": content.manifest,
          "code": content.code, "created_at": .string(Timestamp.text(time)),
          "reason": .string(event.reason),
        ]
        commit.files = [HistoryFile(path: path(name, version), contents: text(record))]
      }
    case .versionRemoved:
      guard let name = event.name, let version = event.version else { throw malformed(event) }
      commit.files = [HistoryFile(path: path(name, version), contents: nil)]
    case .aliasSet, .aliasRemoved:
      guard let name = event.name, let alias = event.alias, let version = event.version,
        let digest = event.digest
      else { throw malformed(event) }
      let contents = event.action == .aliasSet ? Array("\(version) \(digest)\n".utf8) : nil
      commit.files = [
        HistoryFile(path: "artifacts/\(name)/aliases/\(alias)", contents: contents)
      ]
    case .promoted, .rolledBack:
      let record = try generation(event, database)
      commit.files = [
        HistoryFile(
          path: "environments/\(record.environment)/current.json", contents: text(record.json)),
        HistoryFile(path: path(record), contents: text(record.json)),
      ]
      commit.tags = ["\(record.environment)#\(record.number)"]
    case .runBegun, .runEnded:
      guard let run = event.run, let record = try Registry.run(run, database) else {
        throw malformed(event)
      }
      commit.files = [HistoryFile(path: path(run), contents: text(record.json))]
    }
    return commit
  }

  private static func message(_ event: EventRecord) -> String {
    let version = [event.name?.description, event.version?.description].compactMap { $0 }
      .joined(separator: "@")
    let subject =
      switch event.action {
      case .versionAdded: "Add \(version)"
      case .versionRemoved: "Remove \(version)"
      case .aliasSet:
        "Point \(event.name, or: "?")@\(event.alias, or: "?") at \(event.version, or: "?")"
      case .aliasRemoved: "Remove the alias \(event.name, or: "?")@\(event.alias, or: "?")"
      case .promoted: "Promote \(version) to \(event.environment, or: "?")#\(event.generation ?? 0)"
      case .rolledBack:
        "Roll \(event.environment, or: "?") back to \(version) as #\(event.generation ?? 0)"
      case .runBegun: "Begin \(event.run, or: "?")"
      case .runEnded: "End \(event.run, or: "?")"
      }
    var trailers = ["Sequence: \(event.sequence)"]
    if let digest = event.digest { trailers.append("Digest: \(digest)") }
    let reason = event.reason.isEmpty ? "" : "\n\(event.reason)\n"
    return "\(subject)\n\(reason)\n\(trailers.joined(separator: "\n"))\n"
  }

  private static func content(
    _ name: ArtifactName, _ version: VersionNumber, _ database: Database
  ) throws -> (manifest: JSONValue, code: JSONValue)? {
    let row = try Row.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT manifest, code FROM versions v JOIN artifacts a ON a.id = v.artifact_id
          WHERE a.name = ? AND v.number = ?
          """), arguments: [name.description, version.value])
    guard let row else { return nil }
    let (manifest, code): (String, String?) = (row[0], row[1])
    return (
      try JSONValue(parsing: Array(manifest.utf8)),
      try code.map { try JSONValue(parsing: Array($0.utf8)) } ?? .null
    )
  }

  private static func generation(_ event: EventRecord, _ database: Database) throws
    -> GenerationRecord
  {
    guard
      let row = try Row.fetchOne(
        database,
        sql: "\(GenerationRecord.selection) WHERE g.environment = ? AND g.number = ?",
        arguments: [event.environment?.description, event.generation])
    else { throw malformed(event) }
    return try GenerationRecord(row: row)
  }

  /// Folders of at most 100 entries, so that a commit costs the same however many versions there
  /// are: git writes every folder on the way anew.
  private static func path(_ name: ArtifactName, _ version: VersionNumber) -> String {
    "artifacts/\(name)/versions/\(shards(Int64(version.value)))/\(version).json"
  }

  private static func path(_ record: GenerationRecord) -> String {
    "environments/\(record.environment)/generations/\(shards(Int64(record.number)))/\(record.number).json"
  }

  private static func path(_ run: RunID) -> String { "runs/\(shards(run.value))/\(run).json" }

  private static func shards(_ number: Int64) -> String {
    let fine = number / 100 % 100
    return "\(number / 10_000)/" + (fine < 10 ? "0\(fine)" : "\(fine)")
  }

  private static func text(_ json: JSONValue) -> [UInt8] { Array((json.pretty + "\n").utf8) }

  private static func malformed(_ event: EventRecord) -> RegistryError {
    .catalogDamaged(reason: "event \(event.sequence) (\(event.action.rawValue)) is incomplete.")
  }
}

extension DefaultStringInterpolation {
  fileprivate mutating func appendInterpolation(
    _ value: (some CustomStringConvertible)?, or fallback: String
  ) {
    appendLiteral(value?.description ?? fallback)
  }
}

extension GenerationRecord {
  var json: JSONValue {
    [
      "environment": .string(environment.description), "generation": .integer(number),
      "release": .string(release.description),
      "release_version": .string("\(releaseName)@\(releaseVersion)"),
      "parent": parent.map { .integer($0) } ?? .null, "action": .string(action.rawValue),
      "reason": .string(reason), "evidence": evidence.map { .string($0.description) } ?? .null,
      "forced": .bool(forced),
      "created_at": .string(
        Timestamp.text(Timestamp.of(createdAt))),
      "author": .string("\(author.name) <\(author.email)>"),
    ]
  }
}
