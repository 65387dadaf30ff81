/// How well several judgements of each case agree, such as the answers to all its rephrasings.
///
/// - SeeAlso: Fleiss, Psychological Bulletin 76 (1971), 378–382.
public struct ManyAgreement: Sendable, Hashable {
  /// Cases that were judged, at least 1.
  public let cases: Int
  /// Judgements of each case, at least 2.
  public let judgements: Int
  /// Cases whose judgements are all equal.
  public let unanimous: Int
  /// Share of pairs of judgements of one case that are equal, 0 … 1.
  public let share: Double
  /// Fleiss' kappa: 1 for full agreement, 0 for that of chance; nil where all judgements of all
  /// cases are the same one, which says nothing.
  public let kappa: Double?

  /// Nil without cases, for fewer than two judgements of a case, and where cases have different
  /// numbers of them.
  ///
  /// - Parameter ratings: the judgements of each case.
  public init?<Label: Hashable>(_ ratings: [[Label]]) {
    guard let judgements = ratings.first?.count, judgements > 1,
      ratings.allSatisfy({ $0.count == judgements })
    else { return nil }
    var totals: [Label: Double] = [:]
    var equalPairs = 0.0
    var unanimous = 0
    for labels in ratings {
      var counts: [Label: Double] = [:]
      for label in labels { counts[label, default: 0] += 1 }
      for (label, count) in counts {
        totals[label, default: 0] += count
        equalPairs += count * (count - 1)
      }
      if counts.count == 1 { unanimous += 1 }
    }
    let m = Double(judgements)
    let all = Double(ratings.count) * m
    let expected = totals.reduce(0) { $0 + $1.value * $1.value } / (all * all)
    cases = ratings.count
    self.judgements = judgements
    self.unanimous = unanimous
    share = equalPairs / (all * (m - 1))
    kappa = expected < 1 ? (share - expected) / (1 - expected) : nil
  }
}
