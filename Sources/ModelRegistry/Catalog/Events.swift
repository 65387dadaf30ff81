import GRDB
public import MLOpsCore

/// An event that is about to be written.
struct EventDraft {
  let action: EventRecord.Action
  var name: ArtifactName?
  var version: VersionNumber?
  var digest: Digest?
  var alias: Alias?
  var environment: EnvironmentName?
  var generation: Int?
  var run: RunID?
  var reason = ""

  /// Writes it in the transaction of the change that it tells of.
  func insert(_ database: Database, author: Author, time: Int64) throws {
    try database.cachedStatement(
      sql: """
        INSERT INTO events (time, author_name, author_email, action, artifact, version, digest,
          alias, environment, generation, run, reason)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      time, author.name, author.email, action.rawValue, name?.description, version?.value,
      digest?.hex, alias?.description, environment?.description, generation, run?.value, reason,
    ])
  }
}

extension EventRecord {
  init(row: Row) throws {
    let action: String = row["action"]
    let sequence: Int64 = row["sequence"]
    guard let action = Action(rawValue: action) else {
      throw RegistryError.catalogDamaged(reason: "event \(sequence) has the action '\(action)'.")
    }
    self.sequence = sequence
    time = Timestamp.date(row["time"])
    author = Author(name: row["author_name"], email: row["author_email"])
    self.action = action
    name = try (row["artifact"] as String?).map { try ArtifactName($0) }
    version = (row["version"] as Int?).flatMap { VersionNumber($0) }
    digest = (row["digest"] as String?).flatMap { Digest(hex: $0) }
    alias = try (row["alias"] as String?).map { try Alias($0) }
    environment = try (row["environment"] as String?).map { try EnvironmentName($0) }
    generation = row["generation"]
    run = (row["run"] as Int64?).map { RunID($0) }
    reason = row["reason"]
  }
}

extension Registry {
  /// The latest events, newest first.
  ///
  /// - Parameters:
  ///   - limit: how many at most.
  ///   - name: only those of this artifact.
  ///   - environment: only those of this environment.
  public func events(
    limit: Int, name: ArtifactName? = nil, environment: EnvironmentName? = nil
  ) throws -> [EventRecord] {
    var conditions: [String] = []
    var arguments: StatementArguments = []
    if let name {
      conditions.append("artifact = ?")
      arguments += [name.description]
    }
    if let environment {
      conditions.append("environment = ?")
      arguments += [environment.description]
    }
    let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
    arguments += [limit]
    let sql = "SELECT * FROM events \(condition) ORDER BY sequence DESC LIMIT ?"
    return try read { database in
      try Row.fetchAll(database, sql: sql, arguments: arguments).map(EventRecord.init(row:))
    }
  }
}
