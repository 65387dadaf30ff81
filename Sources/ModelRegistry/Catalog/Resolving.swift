import GRDB
public import MLOpsCore

extension Registry {
  /// The version that a reference names now.
  ///
  /// - Throws: `registry.name_unknown` and its kin, with near names as suggestions;
  ///   `registry.digest_ambiguous`.
  public func resolve(_ reference: Reference) throws -> VersionRecord {
    try read { database in
      switch reference {
      case .newest(let name): try Registry.newest(name, database)
      case .version(let name, let version): try Registry.numbered(name, version, database)
      case .alias(let name, let alias): try Registry.aliased(name, alias, database)
      case .digest(let name, let prefix): try Registry.hashed(name, prefix, database)
      case .environment(let environment, let back):
        try Registry.serving(environment, back, database)
      }
    }
  }

  /// The version of this digest, of whatever name it was given first; nil for none.
  public func version(digest: Digest) throws -> VersionRecord? {
    try read {
      try VersionRecord.one($0, "WHERE v.digest = ? ORDER BY v.id LIMIT 1", [digest.hex])
    }
  }

  /// The versions of this digest, of whatever names, oldest first: content that was given several names
  /// has one digest.
  public func versions(digest: Digest) throws -> [VersionRecord] {
    try read { try VersionRecord.all($0, "WHERE v.digest = ? ORDER BY v.id", [digest.hex]) }
  }

  private static func newest(_ name: ArtifactName, _ database: Database) throws -> VersionRecord {
    if let record = try VersionRecord.one(
      database, "WHERE a.name = ? ORDER BY v.number DESC LIMIT 1", [name.description])
    {
      return record
    }
    throw try unknown(name, database)
  }

  private static func numbered(_ name: ArtifactName, _ version: VersionNumber, _ database: Database)
    throws -> VersionRecord
  {
    if let record = try VersionRecord.one(
      database, "WHERE a.name = ? AND v.number = ?", [name.description, version.value])
    {
      return record
    }
    throw RegistryError.versionUnknown(name, version, newest: try newest(name, database).version)
  }

  private static func aliased(_ name: ArtifactName, _ alias: Alias, _ database: Database) throws
    -> VersionRecord
  {
    if let record = try VersionRecord.one(
      database,
      """
      JOIN aliases l ON l.artifact_id = a.id AND l.version_id = v.id
      WHERE a.name = ? AND l.alias = ?
      """, [name.description, alias.description])
    {
      return record
    }
    let known = try String.fetchAll(
      database,
      sql: """
        SELECT alias FROM aliases JOIN artifacts a ON a.id = artifact_id WHERE a.name = ?
        ORDER BY alias
        """, arguments: [name.description]
    ).map { try Alias($0) }
    if known.isEmpty { _ = try newest(name, database) }
    throw RegistryError.aliasUnknown(
      name, alias, known: known, suggestions: Spelling.near(alias, among: known))
  }

  private static func hashed(_ name: ArtifactName, _ prefix: String, _ database: Database) throws
    -> VersionRecord
  {
    // 'g' follows every hexadecimal digit, so this is a range of the index.
    let matches = try VersionRecord.all(
      database, "WHERE a.name = ? AND v.digest >= ? AND v.digest < ? ORDER BY v.number LIMIT 9",
      [name.description, prefix, prefix + "g"])
    if let first = matches.first, matches.count == 1 { return first }
    guard matches.isEmpty else {
      throw RegistryError.digestAmbiguous(name, prefix: prefix, matches: matches.map(\.version))
    }
    _ = try newest(name, database)
    throw RegistryError.digestUnknown(name, prefix: prefix)
  }

  private static func serving(_ environment: EnvironmentName, _ back: Int, _ database: Database)
    throws -> VersionRecord
  {
    if let record = try VersionRecord.one(
      database,
      """
      JOIN generations g ON g.version_id = v.id WHERE g.environment = ?1 AND g.number =
        (SELECT max(number) FROM generations WHERE environment = ?1) - ?2
      """, [environment.description, back])
    {
      return record
    }
    let count =
      try Int.fetchOne(
        database, sql: "SELECT count(*) FROM generations WHERE environment = ?",
        arguments: [environment.description]) ?? 0
    if count > 0 { throw RegistryError.generationUnknown(environment, back: back, count: count) }
    throw RegistryError.environmentUnknown(
      environment,
      suggestions: Spelling.near(environment, among: try environments(database)))
  }

  static func environments(_ database: Database) throws -> [EnvironmentName] {
    try String.fetchAll(
      database, sql: "SELECT environment FROM generations WHERE number = 1 ORDER BY environment"
    ).map { try EnvironmentName($0) }
  }

  static func unknown(_ name: ArtifactName, _ database: Database) throws -> RegistryError {
    let names = try String.fetchAll(database, sql: "SELECT name FROM artifacts").map {
      try ArtifactName($0)
    }
    return .nameUnknown(name, suggestions: Spelling.near(name, among: names))
  }
}
