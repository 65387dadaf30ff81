/// Right and wrong of two models on the same cases.
public struct PairedCounts: Sendable, Hashable {
  /// Cases that both answered rightly.
  public var bothRight = 0
  /// Cases that only the candidate answered rightly.
  public var fixed = 0
  /// Cases that only the baseline answered rightly.
  public var broken = 0
  /// Cases that both answered wrongly.
  public var bothWrong = 0

  public init(bothRight: Int = 0, fixed: Int = 0, broken: Int = 0, bothWrong: Int = 0) {
    self.bothRight = bothRight
    self.fixed = fixed
    self.broken = broken
    self.bothWrong = bothWrong
  }

  public init(_ pairs: some Sequence<(baseline: Bool, candidate: Bool)>) {
    for pair in pairs {
      switch (pair.baseline, pair.candidate) {
      case (true, true): bothRight += 1
      case (false, true): fixed += 1
      case (true, false): broken += 1
      case (false, false): bothWrong += 1
      }
    }
  }

  /// All cases.
  public var total: Int { bothRight + fixed + broken + bothWrong }
  /// Share of right answers of the baseline, 0 … 1; NaN without cases.
  public var baseline: Double { Double(bothRight + broken) / Double(total) }
  /// Share of right answers of the candidate, 0 … 1; NaN without cases.
  public var candidate: Double { Double(bothRight + fixed) / Double(total) }
  /// Candidate − baseline, −1 … 1; NaN without cases.
  public var difference: Double { Double(fixed - broken) / Double(total) }

  /// The same cases with the two sides exchanged.
  public var swapped: PairedCounts {
    PairedCounts(bothRight: bothRight, fixed: broken, broken: fixed, bothWrong: bothWrong)
  }
}
