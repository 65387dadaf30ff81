/// The mean squared distance of confidence from outcome, 0 (best) … 1.
///
/// Brier, Monthly Weather Review 78 (1950), in the form for one event: (confidence − right)², right
/// being 0 or 1; scikit-learn's `brier_score_loss`. Always saying 0.5 has 0.25.
public struct BrierScore: MeanOverCases {
  public init() {}

  /// The squared distance and a one; two zeros where the confidence is no finite number. A
  /// confidence outside 0 … 1 counts as the nearer end.
  public func numbers(confidence: Double, isRight: Bool) -> [Double] {
    guard confidence.isFinite else { return numbers(ofValue: nil) }
    let distance = min(max(confidence, 0), 1) - (isRight ? 1 : 0)
    return numbers(ofValue: distance * distance)
  }
}
