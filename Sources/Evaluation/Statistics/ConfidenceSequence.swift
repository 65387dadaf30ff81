import Foundation

/// The difference of the means of two arms of live traffic, with an interval that may be looked at
/// at any time.
///
/// A usual interval errs more often the more often one looks and stops when it pleases. This one
/// holds its confidence at all looks together, for any number of subjects (no approximation for
/// large ones), provided that
/// - each subject was assigned by chance, with the share given, whatever came before;
/// - outcomes lie in the range given;
/// - an effect, where there is one, is steady. The level of both arms may drift from day to day, and
///   the share may change: neither is taken for an effect.
///
/// Of each subject X = (y − m) / share is taken in the candidate's arm and −(y − m) / (1 − share) in
/// the baseline's, m being the mean of the subjects before it. The mean of X is the effect whatever
/// m is; m only takes away the spread of the common level. Then one bets on X, see `BettingMoments`.
/// Chosen over mixtures of sequential probability ratios (Johari et al., Operations Research 70
/// (2022)), which need the variance or trust an estimate of it from the first subject on, and over
/// two separate intervals for the arms, whose distance is wider by √2.
///
/// A subject counts once, with the mean of its outcomes (`SubjectOutcomes`), in the order of
/// arrival.
/// - SeeAlso: Waudby-Smith and Ramdas, JRSS B 86 (2024), 1–27; Howard, Ramdas, McAuliffe and Sekhon,
///   Annals of Statistics 49 (2021), for randomised experiments; Waudby-Smith, Wu,
///   Ramdas, Karampatziakis and Mineiro, arXiv:2210.10768, for subtracting a prediction.
public struct ConfidenceSequence: Sendable, Hashable {
  /// The least outcome that can be.
  public let least: Double
  /// The largest outcome that can be.
  public let most: Double
  /// The smallest share of subjects that either arm is ever given, 0 < share ≤ ½.
  public let leastShare: Double
  public internal(set) var candidate = Arm()
  public internal(set) var baseline = Arm()
  /// Of the X above, as shares of the range.
  var moments = BettingMoments()

  /// What one arm has had.
  public struct Arm: Sendable, Hashable {
    public internal(set) var subjects = 0
    var sum = 0.0

    /// Of the subjects' outcomes; NaN without subjects.
    public var mean: Double { sum / Double(subjects) }
  }

  /// - Parameters:
  ///   - least: outcome that can be, 0 for thumbs.
  ///   - most: outcome that can be, 1 for thumbs.
  ///   - leastShare: the smallest share of subjects that either arm is ever given, 0 < share ≤ ½.
  /// - Throws: `EvaluationError` with code `evaluation.invalid_outcomes`.
  public init(
    least: Double = 0, most: Double = 1, leastShare: Double = 0.5
  ) throws(EvaluationError) {
    guard least.isFinite, most.isFinite, least < most, (most - least).isFinite else {
      throw .invalidOutcomes(
        reason: "their range has to be from a number to a larger one, and is \(least) to \(most)")
    }
    guard leastShare > 0, leastShare <= 0.5 else {
      throw .invalidOutcomes(
        reason: "the smaller arm's share has to be above 0 and at most 0.5, and is \(leastShare)")
    }
    self.least = least
    self.most = most
    self.leastShare = leastShare
  }

  /// Adds one subject, in the order of arrival.
  ///
  /// - Parameters:
  ///   - outcome: the mean of the subject's outcomes, in the range.
  ///   - isCandidate: the arm that it was assigned to.
  ///   - candidateShare: the probability with which it was assigned to the candidate's arm.
  /// - Throws: `EvaluationError` with code `evaluation.invalid_outcomes`; nothing is added then.
  public mutating func add(
    _ outcome: Double, isCandidate: Bool, candidateShare: Double
  ) throws(EvaluationError) {
    guard outcome >= least, outcome <= most else {
      throw .invalidOutcomes(
        reason: "an outcome has to lie in \(least) … \(most), and one is \(outcome)")
    }
    guard min(candidateShare, 1 - candidateShare) >= leastShare * (1 - 1e-9) else {
      throw .invalidOutcomes(
        reason:
          "each arm's share has to be at least \(leastShare), and the candidate's is \(candidateShare)"
      )
    }
    let y = (outcome - least) / range
    // The first subject is measured from the middle.
    let sum = candidate.sum + baseline.sum - Double(subjects) * least
    let m = (0.5 + max(sum, 0) / range) / Double(1 + subjects)
    if isCandidate {
      moments.add((y - m) / candidateShare)
      candidate.subjects += 1
      candidate.sum += outcome
    } else {
      moments.add((m - y) / (1 - candidateShare))
      baseline.subjects += 1
      baseline.sum += outcome
    }
  }

  /// Of both arms.
  public var subjects: Int { candidate.subjects + baseline.subjects }

  var range: Double { most - least }

  /// No X is larger in size.
  var reach: Double { 1 / leastShare }
}
