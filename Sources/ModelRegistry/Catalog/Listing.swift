import GRDB
public import MLOpsCore

extension Registry {
  /// The versions of an artifact, newest first.
  ///
  /// - Parameters:
  ///   - limit: how many at most; nil for all.
  ///   - before: only those with smaller numbers, to page through many.
  /// - Throws: `registry.name_unknown`.
  public func versions(of name: ArtifactName, limit: Int? = nil, before: VersionNumber? = nil)
    throws -> [VersionRecord]
  {
    try read { database in
      guard
        let artifact = try Int64.fetchOne(
          database, sql: "SELECT id FROM artifacts WHERE name = ?", arguments: [name.description])
      else { throw try Registry.unknown(name, database) }
      return try VersionRecord.all(
        database, "WHERE v.artifact_id = ? AND v.number < ? ORDER BY v.number DESC LIMIT ?",
        [artifact, before?.value ?? Int.max, limit ?? -1])
    }
  }

  /// The versions that have a file of this path, oldest first.
  public func versions(holding path: ContentPath) throws -> [VersionRecord] {
    try read { database in
      try VersionRecord.all(
        database,
        """
        WHERE EXISTS (SELECT 1 FROM version_files f WHERE f.version_id = v.id AND f.path = ?)
        ORDER BY v.id
        """, [path.description])
    }
  }

  /// The versions that have a file of these bytes, oldest first.
  public func versions(holdingContent digest: Digest) throws -> [VersionRecord] {
    try read { database in
      try VersionRecord.all(
        database,
        """
        WHERE EXISTS (SELECT 1 FROM version_files f WHERE f.version_id = v.id AND f.digest = ?)
        ORDER BY v.id
        """, [digest.hex])
    }
  }

  /// All artifacts by name, or those of one kind.
  public func artifacts(kind: ArtifactKind? = nil) throws -> [ArtifactSummary] {
    try read { database in
      var aliases: [Int64: [Alias: VersionNumber]] = [:]
      for row in try Row.fetchAll(
        database,
        sql: """
          SELECT l.artifact_id, l.alias, v.number FROM aliases l
          JOIN versions v ON v.id = l.version_id
          """)
      {
        aliases[row[0], default: [:]][try Alias(row[1] as String)] = VersionNumber(row[2] as Int)
      }
      return try Row.fetchAll(
        database,
        sql: """
          SELECT a.*, v.number AS newest, v.created_at AS updated_at FROM artifacts a
          LEFT JOIN versions v ON v.artifact_id = a.id
            AND v.number = (SELECT max(number) FROM versions WHERE artifact_id = a.id)
          WHERE ?1 IS NULL OR a.kind = ?1 ORDER BY a.name
          """, arguments: [kind?.rawValue]
      ).map { try ArtifactSummary(row: $0, aliases: aliases[$0["id"]] ?? [:]) }
    }
  }
}

extension ArtifactSummary {
  init(row: Row, aliases: [Alias: VersionNumber]) throws {
    name = try ArtifactName(row["name"] as String)
    kind = try ArtifactSummary.kind(row["kind"])
    newest = (row["newest"] as Int?).flatMap { VersionNumber($0) }
    versionCount = row["version_count"]
    totalSize = row["total_size"]
    self.aliases = aliases
    createdAt = Timestamp.date(row["created_at"])
    updatedAt = Timestamp.date(row["updated_at"] ?? row["created_at"])
  }

  static func kind(_ text: String) throws(RegistryError) -> ArtifactKind {
    guard let kind = ArtifactKind(rawValue: text) else {
      throw .catalogDamaged(reason: "an artifact has the kind '\(text)'.")
    }
    return kind
  }
}
