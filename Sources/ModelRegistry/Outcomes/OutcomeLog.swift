public import Foundation
import GRDB

/// The outcomes of comparisons on live traffic: records are added, never changed.
///
/// They lie in `outcomes.db`, apart from the catalog: they come with every request, and are no versions.
public struct OutcomeLog: Sendable {
  private let file: Catalog

  init(_ layout: StoreLayout) throws {
    file = try Catalog.log(
      layout.outcomes, in: layout, by: OutcomeTables.migrator, format: OutcomeTables.format,
      lost: .outcomesLost(layout.outcomes))
  }

  /// What adding came to.
  public struct Appended: Sendable, Equatable {
    public internal(set) var added = 0
    /// Outcomes whose key was there already.
    public internal(set) var repeated = 0
  }

  /// Adds outcomes of a run, all or none; on the disk when this returns.
  ///
  /// - Throws: `registry.outcome_conflict` where a key is there with another content,
  ///   `registry.outcomes_frozen`, `registry.read_only`, `registry.system`.
  public func append(_ records: [OutcomeRecord], to run: RunID) throws -> Appended {
    try file.write { database in
      guard try Self.frozen(run, database) == nil else { throw RegistryError.outcomesFrozen(run) }
      var report = Appended()
      let now = Timestamp.now()
      let insert = try database.cachedStatement(
        sql: """
          INSERT INTO outcomes (run, key, subject, arm, value, happened_at, recorded_at)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """)
      let known = try database.cachedStatement(
        sql: "SELECT * FROM outcomes WHERE run = ? AND key = ?")
      for (place, record) in records.enumerated() {
        if let key = record.key,
          let row = try Row.fetchOne(known, arguments: [run.value, key])
        {
          guard try OutcomeRecord(row: row).says(record) else {
            throw RegistryError.outcomeConflict(key: key, place: place)
          }
          report.repeated += 1
          continue
        }
        try insert.execute(arguments: [
          run.value, record.key, record.subject, record.isCandidate ? "candidate" : "baseline",
          record.value, record.at.map(Timestamp.of) ?? now, now,
        ])
        report.added += 1
      }
      return report
    }
  }

  /// The outcomes of a run, in the order in which they were recorded.
  public func records(of run: RunID) throws -> [OutcomeRecord] {
    try file.read { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM outcomes WHERE run = ? ORDER BY sequence",
        arguments: [run.value]
      ).map(OutcomeRecord.init(row:))
    }
  }

  /// Lets no more outcomes of a run in.
  ///
  /// - Returns: since when; of a run that was frozen before, the first time.
  /// - Throws: `registry.read_only`, `registry.system`.
  public func freeze(_ run: RunID) throws -> Date {
    try file.write { database in
      try database.execute(
        sql: "INSERT INTO frozen VALUES (?, ?) ON CONFLICT DO NOTHING",
        arguments: [run.value, Timestamp.now()])
      return try Self.frozen(run, database) ?? Date()
    }
  }

  /// What SQLite finds wrong with the file; empty where nothing is.
  func damage() throws -> [String] {
    try file.read {
      try String.fetchAll($0, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
    }
  }

  private static func frozen(_ run: RunID, _ database: Database) throws -> Date? {
    try Int64.fetchOne(
      database, sql: "SELECT at FROM frozen WHERE run = ?", arguments: [run.value]
    ).map(Timestamp.date)
  }
}

extension OutcomeRecord {
  fileprivate init(row: Row) throws {
    let arm: String = row["arm"]
    self.init(
      key: row["key"], subject: row["subject"], isCandidate: arm == "candidate",
      value: row["value"], at: Timestamp.date(row["happened_at"]),
      recordedAt: Timestamp.date(row["recorded_at"]))
  }

  /// Whether another record of the same key says the same; one without a time says nothing about it.
  fileprivate func says(_ other: OutcomeRecord) -> Bool {
    subject == other.subject && isCandidate == other.isCandidate && value == other.value
      && (other.at.map(Timestamp.of) ?? at.map(Timestamp.of)) == at.map(Timestamp.of)
  }
}

extension Registry {
  /// The store's outcomes of live traffic, to add to.
  ///
  /// - Throws: `registry.read_only`, `registry.format_too_new`, `registry.catalog_damaged`.
  public func outcomes() throws -> OutcomeLog {
    if catalog.isReadOnly, try FileSystem.status(layout.outcomes) == nil {
      throw RegistryError.readOnly(root)
    }
    return try OutcomeLog(layout)
  }

  /// The store's outcomes of live traffic; nil where there never were any.
  public func outcomesIfAny() throws -> OutcomeLog? {
    guard try FileSystem.status(layout.outcomes) != nil else { return nil }
    return try OutcomeLog(layout)
  }
}
