import Foundation

extension ConfidenceSequence {
  /// The effect seen: weighted by the shares, which keeps out what drifts; NaN without subjects.
  public var difference: Double { moments.mean * range }

  /// The interval of candidate − baseline, in the unit of the outcomes; all that is possible without
  /// subjects.
  ///
  /// - Parameter confidence: of all intervals of this sequence together, two-sided,
  ///   0 < confidence < 1.
  public func interval(confidence: Double) -> Interval {
    Interval(
      lower: lowerLimit(moments, confidence) * range,
      upper: -lowerLimit(moments.negated, confidence) * range, confidence: confidence)
  }

  /// P that evidence against equal arms ever gets as strong as this, were they equal; at most α where
  /// the interval of confidence 1 − α leaves out 0. It may rise again: who stops, stops at once.
  public var pValue: Double {
    let strongest = max(
      moments.logCapital(against: 0, reach: reach),
      moments.negated.logCapital(against: 0, reach: reach))
    return min(1, 2 * exp(-strongest))
  }

  /// ln of what a bet on one side has to win to refute what it bets against.
  static func threshold(confidence: Double) -> Double { log(2 / (1 - confidence)) }

  /// The largest supposed mean that is refuted as too small.
  private func lowerLimit(_ moments: BettingMoments, _ confidence: Double) -> Double {
    let threshold = Self.threshold(confidence: confidence)
    func refutes(_ mean: Double) -> Bool {
      moments.logCapital(against: mean, reach: reach) >= threshold
    }
    var low = -1.0
    var high = 1.0
    guard refutes(low) else { return low }
    while true {
      let middle = (low + high) / 2
      guard middle > low, middle < high else { return low }
      if refutes(middle) { low = middle } else { high = middle }
    }
  }
}
