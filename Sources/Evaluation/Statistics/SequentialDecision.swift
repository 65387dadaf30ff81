/// What a comparison of live traffic says now; it may be asked as often as one likes.
public enum SequentialDecision: Sendable, Hashable {
  /// The candidate's outcomes are larger.
  case better
  /// The candidate's outcomes are smaller: it does harm, and should get no more traffic.
  case worse
  /// They differ by less than the margin.
  case equivalent
  /// Nothing is decided. So many more subjects would decide if they were like those so far; nil
  /// where that is more than a billion, or nothing is known yet.
  case goOn(more: Int?)
}

extension ConfidenceSequence {
  /// The decision; larger outcomes are better.
  ///
  /// The chance that it ever says `better` or `worse` of equal arms, or `equivalent` of arms that
  /// differ by the margin, is at most 1 − confidence.
  /// - Parameters:
  ///   - margin: the difference that does not matter, in the unit of the outcomes; nil where every
  ///     difference does.
  ///   - confidence: two-sided, 0 < confidence < 1.
  public func decision(margin: Double? = nil, confidence: Double) -> SequentialDecision {
    if let decided = decided(moments, margin, confidence) { return decided }
    guard moments.count > 0 else { return .goOn(more: nil) }
    func decides(_ subjects: Double) -> Bool {
      decided(moments.scaled(to: subjects), margin, confidence) != nil
    }
    var high = moments.count
    while !decides(high) {
      high *= 2
      guard high < 2e9 else { return .goOn(more: nil) }
    }
    var low = high / 2
    while high - low > 1 {
      let middle = ((low + high) / 2).rounded()
      if decides(middle) { high = middle } else { low = middle }
    }
    let more = max(1, Int(high) - subjects)
    return .goOn(more: more <= 1_000_000_000 ? more : nil)
  }

  /// The decision on numbers like these; nil where there is none.
  private func decided(
    _ moments: BettingMoments, _ margin: Double?, _ confidence: Double
  ) -> SequentialDecision? {
    let threshold = Self.threshold(confidence: confidence)
    func exceeds(_ moments: BettingMoments, _ mean: Double) -> Bool {
      moments.logCapital(against: mean, reach: reach) >= threshold
    }
    if exceeds(moments, 0) { return .better }
    if exceeds(moments.negated, 0) { return .worse }
    guard let margin, margin > 0 else { return nil }
    let bound = -min(margin / range, 1)
    return exceeds(moments, bound) && exceeds(moments.negated, bound) ? .equivalent : nil
  }
}
