import GRDB
public import JSON
import MLOpsCore

extension RunRecord {
  /// The kind of runs that compare releases on live traffic. No process lives as long as they: they go
  /// on until they are ended, and what they read is safe from garbage collection until then.
  public static let comparison = "ab"
}

extension Registry {
  /// All runs of a kind, oldest first.
  public func runs(kind: String) throws -> [RunRecord] {
    try read { try Registry.runs(kind: kind, $0) }
  }

  /// Records how a run ended and adds the version that it made, both or neither.
  ///
  /// - Throws: `registry.run_unknown`, `registry.run_ended`, and as `add`.
  public func endRun(_ id: RunID, metrics: JSONValue, adding draft: VersionDraft) throws
    -> AddOutcome
  {
    let added = try add(contentsOf: [draft]) { database, records in
      _ = try end(id, .succeeded, metrics, records.map(\.digest), database)
    }
    guard let outcome = added.first else { throw RegistryError.runUnknown(id) }
    return outcome
  }

  static func runs(kind: String, _ database: Database) throws -> [RunRecord] {
    try Row.fetchAll(
      database, sql: "SELECT * FROM runs WHERE kind = ? ORDER BY id", arguments: [kind]
    ).map { try RunRecord(row: $0, database) }
  }
}
