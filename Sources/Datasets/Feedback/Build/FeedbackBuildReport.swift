public import JSON
import MLOpsCore

/// What became of feedback that was made into a dataset.
public struct FeedbackBuildReport: Sendable, Equatable {
  /// Records of feedback that were looked at.
  public internal(set) var records = 0
  /// Records of people who do not allow training.
  public internal(set) var withoutConsent = 0
  /// Records that nothing can be learned from, by the reason.
  public internal(set) var unusable: [String: Int] = [:]
  public internal(set) var questions = 0
  /// Questions whose judgements allow no row, by the reason.
  public internal(set) var unanswered: [String: Int] = [:]
  /// Questions that people contradict each other in.
  public internal(set) var conflicts = 0
  /// Judgements that their own raters took back.
  public internal(set) var revised = 0
  /// Rows of datasets that were merged in.
  public internal(set) var merged = 0
  /// Merged rows that are not kept as they were: feedback, or another row, says otherwise.
  public internal(set) var replaced = 0
  /// Rows of merged datasets whose feedback was forgotten since.
  public internal(set) var forgotten = 0
  public internal(set) var classes: Int?
  public internal(set) var balancedAway = 0
  public internal(set) var repeated = 0
  /// Rows written.
  public internal(set) var rows = 0

  public var json: JSONValue {
    func counts(_ reasons: [String: Int]) -> JSONValue {
      .object(reasons.mapValues { .integer($0) })
    }
    return [
      "records": .integer(records), "without_consent": .integer(withoutConsent),
      "unusable": counts(unusable), "questions": .integer(questions),
      "unanswered": counts(unanswered), "conflicts": .integer(conflicts),
      "revised": .integer(revised), "merged": .integer(merged), "replaced": .integer(replaced),
      "forgotten": .integer(forgotten), "classes": classes.map { .integer($0) } ?? .null,
      "balanced_away": .integer(balancedAway), "repeated": .integer(repeated),
      "rows": .integer(rows),
    ]
  }

  /// What happened, a line each, with what did not happen left out.
  public var lines: [[String]] {
    func line(_ name: String, _ count: Int) -> [String]? {
      count == 0 ? nil : [name, Quantity.grouped(Int64(count))]
    }
    let reasons = unusable.merging(unanswered) { $0 + $1 }.sorted { $0.key < $1.key }
    return
      ([
        line("records of feedback", records), line("without consent", withoutConsent),
        line("questions", questions),
      ] + reasons.map { line($0.key, $0.value) } + [
        line("questions contested", conflicts), line("judgements revised", revised),
        line("rows merged in", merged), line("of them overruled", replaced),
        line("rows of forgotten feedback", forgotten), line("left out for balance", balancedAway),
        line("repeated for balance", repeated),
      ]).compactMap { $0 }
  }
}
