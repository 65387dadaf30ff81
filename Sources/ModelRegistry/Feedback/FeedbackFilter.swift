public import Foundation
import GRDB
public import MLOpsCore

/// Which records are meant; nothing set is all of them.
public struct FeedbackFilter: Sendable, Equatable {
  public var rating: FeedbackRecord.Rating?
  public var release: Digest?
  public var rater: String?
  /// Judged at this time or later.
  public var since: Date?
  /// Judged before this time.
  public var until: Date?
  /// What the person said about training, the last time; nil for all.
  public var consent: Consent?

  /// What the person said about training.
  public enum Consent: String, Sendable, CaseIterable {
    case given, refused, unknown
    /// Given or unknown.
    case allowed
  }

  public init(
    rating: FeedbackRecord.Rating? = nil, release: Digest? = nil, rater: String? = nil,
    since: Date? = nil, until: Date? = nil, consent: Consent? = nil
  ) {
    self.rating = rating
    self.release = release
    self.rater = rater
    self.since = since
    self.until = until
    self.consent = consent
  }

  /// What the person said last about the same judgement.
  private static let lastWord = """
    (SELECT c.consent FROM records c WHERE c.judgement = records.judgement
      AND c.subject IS records.subject AND c.consent IS NOT NULL ORDER BY c.sequence DESC LIMIT 1)
    """

  /// The condition in SQL, which leaves out what was forgotten.
  ///
  /// - Parameter names: the names that a rater may have in the store.
  func condition(names: (String) -> [String]) -> (sql: String, arguments: StatementArguments) {
    var conditions = ["content IS NOT NULL"]
    var arguments: StatementArguments = []
    func add(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
      guard let value else { return }
      conditions.append(condition)
      arguments += [value]
    }
    add("rating = ?", rating?.rawValue)
    add("release = ?", release?.hex)
    if let rater {
      let names = names(rater)
      conditions.append("rater IN (\(names.map { _ in "?" }.joined(separator: ", ")))")
      arguments += StatementArguments(names)
    }
    add("judged_at >= ?", since.map(Timestamp.of))
    add("judged_at < ?", until.map(Timestamp.of))
    switch consent {
    case .given: conditions.append("\(FeedbackFilter.lastWord) = 1")
    case .refused: conditions.append("\(FeedbackFilter.lastWord) = 0")
    case .unknown: conditions.append("\(FeedbackFilter.lastWord) IS NULL")
    case .allowed: conditions.append("\(FeedbackFilter.lastWord) IS NOT 0")
    case nil: break
    }
    return (conditions.joined(separator: " AND "), arguments)
  }
}
