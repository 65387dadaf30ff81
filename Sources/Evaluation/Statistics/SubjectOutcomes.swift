/// Outcomes of live traffic, brought to one number for each subject.
///
/// Whoever talks to a model all day is still one draw of the assignment: its outcomes resemble each
/// other, and counting each would claim more evidence than there is. The mean over a subject's
/// outcomes also keeps one busy subject from deciding for all.
///
/// A mean that changes after a look has used it makes the next look an approximation; who wants none
/// feeds a subject's outcomes when its day or session is over.
public struct SubjectOutcomes: Sendable, Hashable {
  /// One outcome.
  public struct Outcome: Sendable, Hashable {
    public let subject: String
    /// The arm that answered.
    public let isCandidate: Bool
    /// The probability with which the subject was assigned to the candidate's arm, 0 < share < 1.
    public let candidateShare: Double
    /// In the range of the comparison.
    public let value: Double

    public init(subject: String, isCandidate: Bool, candidateShare: Double, value: Double) {
      self.subject = subject
      self.isCandidate = isCandidate
      self.candidateShare = candidateShare
      self.value = value
    }
  }

  /// One for each subject, in the order of their first outcomes, with the mean of their values and
  /// the share of the first.
  public let subjects: [Outcome]
  /// Subjects that both arms answered, in the order of their first outcomes. They are left out:
  /// which arm their outcomes speak for is not known. Many of them say that the assignment is broken.
  public let mixed: [String]

  /// - Parameter outcomes: in the order in which they came in.
  public init(_ outcomes: some Sequence<Outcome>) {
    var places: [String: Int] = [:]
    var firsts: [Outcome] = []
    var sums: [(sum: Double, count: Double, isMixed: Bool)] = []
    for outcome in outcomes {
      if let place = places[outcome.subject] {
        sums[place].sum += outcome.value
        sums[place].count += 1
        if outcome.isCandidate != firsts[place].isCandidate { sums[place].isMixed = true }
      } else {
        places[outcome.subject] = firsts.count
        firsts.append(outcome)
        sums.append((outcome.value, 1, false))
      }
    }
    subjects = zip(firsts, sums).filter { !$1.isMixed }.map { first, sum in
      Outcome(
        subject: first.subject, isCandidate: first.isCandidate,
        candidateShare: first.candidateShare, value: sum.sum / sum.count)
    }
    mixed = zip(firsts, sums).filter(\.1.isMixed).map(\.0.subject)
  }
}

extension ConfidenceSequence {
  /// Adds every subject.
  ///
  /// - Throws: `EvaluationError` with code `evaluation.invalid_outcomes`; those before the first
  ///   wrong one are added then.
  public mutating func add(_ outcomes: SubjectOutcomes) throws(EvaluationError) {
    for subject in outcomes.subjects {
      try add(
        subject.value, isCandidate: subject.isCandidate, candidateShare: subject.candidateShare)
    }
  }
}
