/// Whether a question gets the same answer however it is put, 0 … 1.
///
/// A group is the answers to rephrasings of one question, compared after normalising by their
/// scalars. An unreadable answer agrees with none, not even with another unreadable one. Right
/// answers play no part: always the same wrong one is consistent.
public struct Consistency: MeanOverCases {
  /// What is measured of each group.
  public enum Measure: String, Sendable, Hashable, CaseIterable {
    /// The share of groups in which all answers agree.
    case unanimous
    /// The mean over groups of the share of pairs that agree: Σ c (c − 1) / (n (n − 1)) over the
    /// counts c of each answer, as in Fleiss, Psychological Bulletin 76 (1971), equation 2.
    case pairwise
  }

  /// What is measured of each group.
  public let measure: Measure

  public init(measure: Measure) { self.measure = measure }

  /// The value of one group and a one; two zeros for fewer than 2 answers, which cannot disagree.
  ///
  /// - Parameter answers: of each rephrasing the answer, nil where it was unreadable.
  public func numbers(answers: [String?]) -> [Double] {
    numbers(ofValue: value(answers: answers))
  }

  /// The value of one group; nil for fewer than 2 answers.
  public func value(answers: [String?]) -> Double? {
    guard answers.count > 1 else { return nil }
    var counts: [ExactText: Double] = [:]
    for case let answer? in answers { counts[ExactText(answer), default: 0] += 1 }
    let n = Double(answers.count)
    switch measure {
    case .unanimous: return counts.values.contains(n) ? 1 : 0
    case .pairwise: return counts.values.reduce(0) { $0 + $1 * ($1 - 1) } / (n * (n - 1))
    }
  }
}
