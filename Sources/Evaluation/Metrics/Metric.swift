import JSON

/// What is measured of each case. Each metric has its file in this folder.
///
/// All are shares of right cases, 0 … 1, and higher is better.
public enum Metric: Sendable, Hashable, CustomStringConvertible {
  /// The whole answer is right.
  case accuracy
  /// One field of the answer is right.
  case exactMatch(field: String)
  /// The answer is JSON.
  case validJSON

  /// As in a suite and in a report: `accuracy`, `exact_match:<field>`, `valid_json`.
  public var description: String {
    switch self {
    case .accuracy: "accuracy"
    case .exactMatch(let field): "exact_match:\(field)"
    case .validJSON: "valid_json"
    }
  }

  /// The names that a suite may use.
  static let names = ["accuracy", "exact_match", "valid_json"]

  /// Whether a case is right.
  func isRight(_ answer: Answer, expected: JSONValue) -> Bool {
    switch self {
    case .accuracy: AccuracyMetric.isRight(answer, expected: expected)
    case .exactMatch(let field):
      ExactMatchMetric.isRight(answer, expected: expected, field: field)
    case .validJSON: ValidJSONMetric.isRight(answer)
    }
  }
}
