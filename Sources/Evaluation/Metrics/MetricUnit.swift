/// What a metric's numbers count, which decides how they are written.
public enum MetricUnit: String, Sendable, Hashable {
  /// Shares, 0 … 1; differences are told in points (hundredths).
  case share
  /// Scores of 0 … 100, as BLEU's.
  case score
  /// Plain numbers, as perplexities and counts.
  case number
  case seconds

  /// How far two values can lie apart; nil without bounds.
  var range: Double? {
    switch self {
    case .share: 1
    case .score: 100
    case .number, .seconds: nil
    }
  }
}
