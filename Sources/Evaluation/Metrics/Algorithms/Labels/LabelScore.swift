/// How well one label was answered.
public struct LabelScore: Sendable, Hashable {
  /// How many cases expect the label: scikit-learn's support.
  public let expected: Double
  /// How many answers have it.
  public let answered: Double
  /// How many are both.
  public let hits: Double

  /// Hits over answers, 0 … 1; 0 without answers.
  public var precision: Double { LabelScore.share(hits, of: answered) }
  /// Hits over expected, 0 … 1; 0 where it is never expected.
  public var recall: Double { LabelScore.share(hits, of: expected) }
  /// The harmonic mean of precision and recall, 0 … 1.
  public var f1: Double { LabelScore.share(2 * hits, of: expected + answered) }

  /// scikit-learn's `zero_division=0`.
  static func share(_ part: Double, of whole: Double) -> Double { whole > 0 ? part / whole : 0 }
}
