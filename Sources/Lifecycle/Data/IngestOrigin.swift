public import Foundation
public import JSON
import MLOpsCore
public import ModelRegistry

/// Where the rows of an ingested dataset, or of its quarantine, came from: what the run that made it
/// recorded of its inputs.
///
/// A dataset's digest depends on its rows alone, so files are no part of it; several runs may have
/// come to the same rows.
public struct IngestOrigin: Sendable {
  /// A file, folder or database.
  public struct Input: Sendable, Equatable {
    /// A path as it was given, or the last parts of an absolute one.
    public let name: String
    /// Rows that are not blank; nil in runs that did not record them.
    public let rows: Int?
    /// Bytes on the disk; nil for folders and database servers.
    public let size: Int64?
    /// Of those bytes, or of the database's file.
    public let digest: String?
    /// What a database was asked.
    public let query: String?

    public var document: JSONValue {
      [
        "name": .string(name), "rows": rows.map { .integer($0) } ?? .null,
        "size": size.map { .integer($0) } ?? .null, "digest": digest.map { .string($0) } ?? .null,
        "query": query.map { .string($0) } ?? .null,
      ]
    }
  }

  public let run: RunID
  public let endedAt: Date?
  public let inputs: [Input]
  /// The digest of the schema that the rows were checked against.
  public let schema: String?

  /// Keys: `run`, `ended_at`, `schema`, `inputs` of `name`, `rows`, `size`, `digest`, `query`.
  public var document: JSONValue {
    [
      "run": .string(run.description),
      "ended_at": endedAt.map { .string($0.stamp) } ?? .null,
      "schema": schema.map { .string($0) } ?? .null, "inputs": .array(inputs.map(\.document)),
    ]
  }

  /// Nil for a run that is no ingestion, or one of another name.
  private init?(_ run: RunRecord, of version: VersionRecord) {
    guard run.kind == "ingest", let inputs = run.metrics?["inputs"]?.array,
      let name = run.parameters["name"]?.string
    else { return nil }
    // Datasets of several names may have the same rows, and so one digest; quarantines likewise.
    let own = version.name.description
    guard version.isQuarantine ? own == "\(name)\(Quarantine.suffix)" : own == name else {
      return nil
    }
    self.run = run.id
    endedAt = run.endedAt
    schema = run.parameters["schema"]?.string
    self.inputs = inputs.map { input in
      Input(
        name: input["name"]?.string ?? "", rows: input["rows"]?.int,
        size: input["size"]?.int.map { Int64($0) }, digest: input["digest"]?.string,
        query: input["query"]?.string)
    }
  }

  /// The ingestions that came to a version, the latest first; empty for what was not ingested.
  ///
  /// - Throws: `RegistryError`.
  public static func all(of version: VersionRecord, in registry: Registry) throws -> [IngestOrigin]
  {
    guard version.kind == .dataset else { return [] }
    return try registry.runs(making: version.digest, limit: IngestOrigin.runLimit)
      .compactMap { IngestOrigin($0, of: version) }
  }

  /// How many runs that came to the same rows are looked at.
  private static let runLimit = 100

  /// The role in which a dataset is an ingredient of its quarantine.
  public static let quarantineRole = Quarantine.role

  /// The quarantines of what ingestions did not take into a dataset, oldest first.
  ///
  /// - Throws: `RegistryError`.
  public static func quarantines(of version: VersionRecord, in registry: Registry) throws
    -> [VersionRecord]
  {
    guard version.kind == .dataset else { return [] }
    let lineage = NamedLineage(registry)
    return try registry.versions(madeFrom: version.digest, role: Quarantine.role).filter {
      try lineage.source(of: $0, Ingredient(role: Quarantine.role, digest: version.digest))?.name
        == version.name
    }
  }
}
