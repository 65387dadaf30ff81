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
      var receipt = FeedbackAppended()
      let now = Timestamp.now()
      let insert = try database.cachedStatement(
        sql: """
          INSERT INTO records (digest, recorded_at, judged_at, rating, release, consent, rater,
            subject, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING
          """)
      for record in records {
        let judged = record.date.map(Timestamp.of)
        let subject = record.subject.map(pseudonym)
        guard try !isForgotten(record, since: judged, database) else {
          receipt.forgotten += 1
          continue
        }
        var stored = record
        stored.subject = nil
        try insert.execute(arguments: [
          record.digest.hex, now, judged ?? now, record.rating?.rawValue, record.release?.hex,
          record.consent, record.rater, subject, stored.json.canonical,
        ])
        if database.changesCount > 0 {
          receipt.added += 1
        } else if try isEmptied(record.digest, database) {
          receipt.forgotten += 1
          continue
        } else {
          receipt.repeated += 1
        }
        receipt.digests.append(record.digest)
      }
      return receipt
    }
  }

  /// Whether somebody it is about asked to be forgotten after it was made. A record without a time is
  /// taken as made now.
  private func isForgotten(_ record: FeedbackRecord, since judged: Int64?, _ database: Database)
    throws -> Bool
  {
    guard let judged else { return false }
    for person in [record.subject, record.rater].compactMap({ $0 }) {
      let time = try Int64.fetchOne(
        database.cachedStatement(sql: "SELECT at FROM forgotten WHERE pseudonym = ?"),
        arguments: [pseudonym(of: person)])
      if let time, judged <= time { return true }
    }
    return false
  }

  private func isEmptied(_ digest: Digest, _ database: Database) throws -> Bool {
    try Bool.fetchOne(
      database.cachedStatement(sql: "SELECT content IS NULL FROM records WHERE digest = ?"),
      arguments: [digest.hex]) ?? false
  }
}
