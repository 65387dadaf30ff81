public import Foundation
import GRDB
public import JSON
public import MLOpsCore

/// A version as the catalog knows it: the manifest, and who made it when and why.
public struct VersionRecord: Sendable, Hashable {
  public let name: ArtifactName
  public let version: VersionNumber
  /// Of the manifest.
  public let digest: Digest
  public let manifest: Manifest
  public let createdAt: Date
  public let author: Author
  public let reason: String
  /// The commit and dirty state of the code repository that made it; nil where none was given.
  public let code: JSONValue?
  /// The aliases that point here now, sorted.
  public let aliases: [Alias]
  /// The catalog's own number of the version.
  let id: Int64

  public var kind: ArtifactKind { manifest.kind }
  /// `labeler@v7`.
  public var reference: Reference { .version(name, version) }
  /// The reference as text.
  public var label: String { reference.description }
}

extension VersionRecord {
  /// The columns that `init(row:)` reads; to be followed by joins, conditions and order.
  static let selection = """
    SELECT v.*, a.name AS name,
      (SELECT group_concat(alias, ' ') FROM aliases WHERE version_id = v.id) AS alias_list
    FROM versions v JOIN artifacts a ON a.id = v.artifact_id
    """

  init(row: Row) throws {
    let name: String = row["name"]
    let number: Int = row["number"]
    func damaged(_ reason: String) -> RegistryError {
      .manifestDamaged(name: name, version: number, reason: reason)
    }
    let text: String = row["manifest"]
    let hex: String = row["digest"]
    guard let version = VersionNumber(number), let digest = Digest(hex: hex) else {
      throw damaged("Its number or digest is malformed.")
    }
    do {
      self.manifest = try Manifest(json: JSONValue(parsing: Array(text.utf8)))
    } catch {
      throw damaged(FailureReport(error).message)
    }
    self.name = try ArtifactName(name)
    self.version = version
    self.digest = digest
    createdAt = Timestamp.date(row["created_at"])
    author = Author(name: row["author_name"], email: row["author_email"])
    reason = row["reason"]
    let code: String? = row["code"]
    self.code = try code.map { try JSONValue(parsing: Array($0.utf8)) }
    let list: String? = row["alias_list"]
    aliases = try (list ?? "").split(separator: " ").map { try Alias(String($0)) }.sorted()
    id = row["id"]
  }

  static func all(_ database: Database, _ rest: String, _ arguments: StatementArguments) throws
    -> [VersionRecord]
  {
    try Row.fetchAll(
      database.cachedStatement(sql: "\(selection) \(rest)"), arguments: arguments
    ).map(VersionRecord.init(row:))
  }

  static func one(_ database: Database, _ rest: String, _ arguments: StatementArguments) throws
    -> VersionRecord?
  {
    try Row.fetchOne(
      database.cachedStatement(sql: "\(selection) \(rest)"), arguments: arguments
    ).map(VersionRecord.init(row:))
  }
}
