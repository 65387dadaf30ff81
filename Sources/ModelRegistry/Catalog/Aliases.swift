import GRDB
public import MLOpsCore

extension Registry {
  /// Points an alias at a version: one transaction, on the disk when this returns.
  ///
  /// - Returns: the version it pointed at before; nil for a new alias.
  @discardableResult
  public func setAlias(
    _ alias: Alias, of name: ArtifactName, to version: VersionRecord, reason: String = ""
  ) throws -> VersionRecord? {
    guard version.name == name else {
      throw RegistryError.foreignVersion(name, given: version.name)
    }
    return try change { database in
      let previous = try Registry.target(of: alias, name, database)
      guard
        let artifact = try Int64.fetchOne(
          database, sql: "SELECT artifact_id FROM versions WHERE id = ? AND digest = ?",
          arguments: [version.id, version.digest.hex])
      else { throw RegistryError.versionRemoved(name, version.version) }
      if previous?.id == version.id { return previous }
      try database.execute(
        sql: """
          INSERT INTO aliases (artifact_id, alias, version_id) VALUES (?, ?, ?)
          ON CONFLICT (artifact_id, alias) DO UPDATE SET version_id = excluded.version_id
          """, arguments: [artifact, alias.description, version.id])
      for changed in [version.id, previous?.id].compactMap({ $0 }) {
        try VersionText.refreshAliases(database, version: changed)
      }
      try EventDraft(
        action: .aliasSet, name: name, version: version.version, digest: version.digest,
        alias: alias, reason: reason
      ).insert(database, author: author, time: Timestamp.now())
      return previous
    }
  }

  /// Removes an alias; the version stays.
  ///
  /// - Returns: the version it pointed at.
  /// - Throws: `registry.alias_unknown`.
  @discardableResult
  public func removeAlias(_ alias: Alias, of name: ArtifactName, reason: String = "") throws
    -> VersionRecord
  {
    let known = try resolve(.alias(name, alias))
    return try change { database in
      guard let previous = try Registry.target(of: alias, name, database) else {
        throw RegistryError.aliasUnknown(name, alias, known: [], suggestions: [])
      }
      try database.execute(
        sql: """
          DELETE FROM aliases WHERE alias = ?
            AND artifact_id = (SELECT id FROM artifacts WHERE name = ?)
          """, arguments: [alias.description, name.description])
      try VersionText.refreshAliases(database, version: previous.id)
      try EventDraft(
        action: .aliasRemoved, name: name, version: previous.version, digest: previous.digest,
        alias: alias, reason: reason
      ).insert(database, author: author, time: Timestamp.now())
      return known.id == previous.id ? known : previous
    }
  }

  /// The aliases of an artifact by name, with the versions they point at.
  public func aliases(of name: ArtifactName) throws -> [(alias: Alias, version: VersionRecord)] {
    try read { database in
      try VersionRecord.all(
        database, "WHERE a.name = ? AND v.id IN (SELECT version_id FROM aliases)",
        [name.description])
    }
    .flatMap { record in record.aliases.map { ($0, record) } }
    .sorted { $0.0 < $1.0 }
    .map { (alias: $0.0, version: $0.1) }
  }

  private static func target(of alias: Alias, _ name: ArtifactName, _ database: Database) throws
    -> VersionRecord?
  {
    try VersionRecord.one(
      database,
      """
      JOIN aliases l ON l.artifact_id = a.id AND l.version_id = v.id
      WHERE a.name = ? AND l.alias = ?
      """, [name.description, alias.description])
  }
}
