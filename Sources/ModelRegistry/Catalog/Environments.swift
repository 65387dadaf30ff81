import GRDB
public import MLOpsCore

extension Registry {
  /// Every environment that something was promoted to, by name.
  public func environments() throws -> [EnvironmentName] {
    try read { try Registry.environments($0) }
  }

  /// The environment itself, where something was promoted to it.
  ///
  /// - Throws: `registry.environment_unknown`, with near names as suggestions.
  public func knownEnvironment(_ name: EnvironmentName) throws -> EnvironmentName {
    let known = try environments()
    guard known.contains(name) else {
      throw RegistryError.environmentUnknown(name, suggestions: Spelling.near(name, among: known))
    }
    return name
  }

  /// The generations of an environment, newest first; none where it is unknown.
  public func generations(of environment: EnvironmentName) throws -> [GenerationRecord] {
    try read { try Registry.generations(environment, limit: -1, $0) }
  }

  /// What the environment points at now; nil where nothing was ever promoted to it.
  public func currentGeneration(of environment: EnvironmentName) throws -> GenerationRecord? {
    try read { try Registry.generations(environment, limit: 1, $0).first }
  }

  /// Moves an environment's pointer: one transaction, on the disk when this returns.
  ///
  /// - Throws: `registry.generation_conflict` where another generation than `expectedParent` is
  ///   the newest; `registry.release_unknown`; `registry.not_a_release`.
  @discardableResult
  public func appendGeneration(_ draft: GenerationDraft) throws -> GenerationRecord {
    try change { database in
      let newest = try Registry.generations(draft.environment, limit: 1, database).first
      guard newest?.number == draft.expectedParent else {
        throw RegistryError.generationConflict(
          draft.environment, expected: draft.expectedParent, found: newest?.number)
      }
      guard
        let release = try VersionRecord.one(
          database, "WHERE v.digest = ? ORDER BY a.name = ? DESC, v.id LIMIT 1",
          [draft.release.hex, draft.releaseName?.description])
      else { throw RegistryError.releaseUnknown(draft.release) }
      guard release.kind == .release else {
        throw RegistryError.notARelease(draft.release, release.kind)
      }
      let now = Timestamp.now()
      let record = GenerationRecord(
        environment: draft.environment, number: (newest?.number ?? 0) + 1, release: draft.release,
        releaseName: release.name, releaseVersion: release.version, parent: newest?.number,
        action: draft.action, reason: draft.reason, evidence: draft.evidence,
        forced: draft.forced, createdAt: Timestamp.date(now), author: author)
      try record.insert(database, version: release.id, time: now)
      return record
    }
  }

  static func generations(_ environment: EnvironmentName, limit: Int, _ database: Database) throws
    -> [GenerationRecord]
  {
    try Row.fetchAll(
      database.cachedStatement(
        sql: """
          \(GenerationRecord.selection) WHERE g.environment = ? ORDER BY g.number DESC LIMIT ?
          """), arguments: [environment.description, limit]
    ).map(GenerationRecord.init(row:))
  }
}

extension GenerationRecord {
  static let selection = """
    SELECT g.*, a.name AS release_name, v.number AS release_version FROM generations g
    JOIN versions v ON v.id = g.version_id JOIN artifacts a ON a.id = v.artifact_id
    """

  init(row: Row) throws {
    environment = try EnvironmentName(row["environment"] as String)
    number = row["number"]
    let hex: String = row["release"]
    let action: String = row["action"]
    guard let release = Digest(hex: hex),
      let version = VersionNumber(row["release_version"] as Int),
      let action = Action(rawValue: action)
    else {
      throw RegistryError.catalogDamaged(
        reason: "generation \(number) of '\(environment)' is malformed.")
    }
    self.release = release
    releaseName = try ArtifactName(row["release_name"] as String)
    releaseVersion = version
    parent = row["parent"]
    self.action = action
    reason = row["reason"]
    evidence = (row["evidence"] as String?).flatMap { Digest(hex: $0) }
    forced = row["forced"]
    createdAt = Timestamp.date(row["created_at"])
    author = Author(name: row["author_name"], email: row["author_email"])
  }

  fileprivate func insert(_ database: Database, version: Int64, time: Int64) throws {
    try database.execute(
      sql: """
        INSERT INTO generations (environment, number, version_id, release, parent, action, reason,
          evidence, forced, created_at, author_name, author_email)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        environment.description, number, version, release.hex, parent, action.rawValue, reason,
        evidence?.hex, forced, time, author.name, author.email,
      ])
    try EventDraft(
      action: action == .promote ? .promoted : .rolledBack, name: releaseName,
      version: releaseVersion, digest: release, environment: environment, generation: number,
      reason: reason
    ).insert(database, author: author, time: time)
  }
}
