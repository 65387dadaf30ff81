public import Foundation
import GRDB
public import MLOpsCore

/// A thumb on an answer of a known release.
public struct FeedbackThumb: Sendable, Hashable {
  public let rating: FeedbackRecord.Rating
  public let release: Digest
  /// What stands in this store for whose data it is, else for who judged; nil where neither is known.
  public let person: String?
  public let judgedAt: Date
  public let recordedAt: Date
}

extension FeedbackLog {
  /// The thumbs on the answers of some releases, in the order in which they arrived; a judgement that
  /// came several times (with another consent) once. What was forgotten is left out.
  ///
  /// - Parameter since: judged at this time or later.
  public func thumbs(of releases: [Digest], since: Date) throws -> [FeedbackThumb] {
    let places = releases.map { _ in "?" }.joined(separator: ", ")
    return try file.read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT min(sequence), rating, release, rater, subject, judged_at, recorded_at FROM records
          WHERE content IS NOT NULL AND rating IS NOT NULL AND judged_at >= ?
            AND release IN (\(places))
          GROUP BY judgement, ifnull(subject, '') ORDER BY 1
          """,
        arguments: [Timestamp.of(since)] + StatementArguments(releases.map(\.hex))
      ).compactMap { row -> FeedbackThumb? in
        guard let rating = FeedbackRecord.Rating(rawValue: row["rating"] as String),
          let release = Digest(hex: row["release"] as String)
        else { return nil }
        let subject: String? = row["subject"]
        return FeedbackThumb(
          rating: rating, release: release,
          person: subject ?? (row["rater"] as String?).map(pseudonym(of:)),
          judgedAt: Timestamp.date(row["judged_at"]),
          recordedAt: Timestamp.date(row["recorded_at"]))
      }
    }
  }
}
