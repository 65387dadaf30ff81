import Foundation
import GRDB
import JSON
public import MLOpsCore

/// What became of records that were given to the store.
public struct FeedbackAppended: Sendable, Equatable {
  public internal(set) var added = 0
  /// Records that were there already.
  public internal(set) var repeated = 0
  /// Records of people who asked to be forgotten after these were made.
  public internal(set) var forgotten = 0
  /// The digests of the records that are in the store now, in the order in which they were given.
  public internal(set) var digests: [Digest] = []

  /// Of no records.
  public init() {}
}

extension FeedbackLog {
  /// Adds records, all or none.
  ///
  /// The person whose data it is is kept as a pseudonym only.
  /// - Throws: `registry.read_only`, `registry.system`.
  public func append(_ records: [FeedbackRecord]) throws -> FeedbackAppended {
    try file.write { database in
      var report = FeedbackAppended()
      let now = Timestamp.now()
      let insert = try database.cachedStatement(
        sql: """
          INSERT INTO records (digest, judgement, recorded_at, judged_at, rating, release, consent,
            rater, subject, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
          """)
      for record in records {
        let digest = record.digest
        guard try !isForgotten(record, digest, database) else {
          report.forgotten += 1
          continue
        }
        // A record that was exported comes back without the person whose data it is.
        if try record.subject == nil && isHere(digest, database) {
          report.repeated += 1
          report.digests.append(digest)
          continue
        }
        var stored = record
        stored.subject = nil
        try insert.execute(arguments: [
          digest.hex, record.judgement.hex, now, record.date.map(Timestamp.of) ?? now,
          record.rating?.rawValue, record.release?.hex, record.consent, record.rater,
          record.subject.map(pseudonym), stored.json.canonical,
        ])
        if database.changesCount > 0 { report.added += 1 } else { report.repeated += 1 }
        report.digests.append(digest)
      }
      return report
    }
  }

  /// Whether somebody it is about asked to be forgotten after it was made. A record without a time is
  /// taken as made now, unless it is one that was forgotten.
  private func isForgotten(_ record: FeedbackRecord, _ digest: Digest, _ database: Database) throws
    -> Bool
  {
    for person in [record.subject, record.rater].compactMap({ $0 }) {
      let time = try Int64.fetchOne(
        database.cachedStatement(sql: "SELECT at FROM forgotten WHERE pseudonym = ?"),
        arguments: [pseudonym(of: person)])
      guard let time else { continue }
      if let date = record.date {
        if Timestamp.of(date) <= time { return true }
      } else if try isEmptied(digest, database) {
        return true
      }
    }
    return false
  }

  private func isHere(_ digest: Digest, _ database: Database) throws -> Bool {
    try Bool.fetchOne(
      database.cachedStatement(
        sql: "SELECT EXISTS (SELECT 1 FROM records WHERE digest = ? AND content IS NOT NULL)"),
      arguments: [digest.hex]) ?? false
  }

  private func isEmptied(_ digest: Digest, _ database: Database) throws -> Bool {
    try Bool.fetchOne(
      database.cachedStatement(
        sql: "SELECT EXISTS (SELECT 1 FROM records WHERE digest = ? AND content IS NULL)"),
      arguments: [digest.hex]) ?? false
  }
}
