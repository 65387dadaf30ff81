/// What becomes of a judge's preferences when the two answers are shown in the other order.
///
/// A judge that prefers whatever it reads first says little about the answers, even where the two
/// orders cancel on average.
/// - SeeAlso: Zheng et al., arXiv:2306.05685 (2023), section 3.3, for the position bias of judges.
public struct OrderConsistency: Sendable, Hashable {
  /// Whom a judge prefers.
  public enum Preference: String, Sendable, Hashable, CaseIterable {
    case candidate
    case baseline
    case tie
  }

  /// Of the preferences in both orders.
  public let agreement: Agreement
  /// Cases in which the answer shown first was preferred both times.
  public let firstTwice: Int
  /// Cases in which the answer shown second was preferred both times.
  public let secondTwice: Int

  /// Two-sided p of a split at least this uneven between first and second, for a judge without a
  /// bias (an exact binomial test); 1 where no preference turned with the order.
  public var positionBias: Double {
    McNemarTest.twoSided(fixed: firstTwice, broken: secondTwice)
  }

  /// Nil without cases.
  ///
  /// - Parameter verdicts: for each case the preference with the candidate's answer shown first, and
  ///   with the baseline's shown first.
  public init?(_ verdicts: [(candidateFirst: Preference, baselineFirst: Preference)]) {
    guard let agreement = Agreement(verdicts.map { ($0.candidateFirst, $0.baselineFirst) }) else {
      return nil
    }
    self.agreement = agreement
    firstTwice = verdicts.count {
      $0.candidateFirst == .candidate && $0.baselineFirst == .baseline
    }
    secondTwice = verdicts.count {
      $0.candidateFirst == .baseline && $0.baselineFirst == .candidate
    }
  }
}
