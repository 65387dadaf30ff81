/// How often the sides of pairs, swapped by coins, differ as much as candidate and baseline do.
///
/// Were the models equally good in every respect, each case could as well have had its two answers
/// exchanged. The test makes no assumption about the statistic or its distribution.
/// - SeeAlso: Fisher, The Design of Experiments (1935), section 21; Noreen, Computer-Intensive
///   Methods for Testing Hypotheses (1989), for swapping sides; Phipson and Smyth, Statistical
///   Applications in Genetics and Molecular Biology 9 (2010), for (b + 1) / (m + 1).
public struct PermutationTest: Sendable, Hashable {
  /// What a test found.
  public struct Result: Sendable, Hashable {
    /// P of a difference at least as large as the one seen: small says that the candidate's
    /// statistic is larger.
    public let larger: Double
    /// P of a difference at most as large as the one seen: small says that it is smaller.
    public let smaller: Double
    /// P of a difference at least as large in size, in either direction.
    public let twoSided: Double
    /// All ways to swap were looked at, each with its probability; else some were drawn.
    public let isExact: Bool
  }

  /// Ways to swap that are drawn where there are too many to look at all, at least 100. No p-value
  /// is then below 1 / (draws + 1).
  public let draws: Int
  public let seed: UInt64

  public init(draws: Int = 10_000, seed: UInt64 = 0) {
    self.draws = max(100, draws)
    self.seed = seed
  }

  /// The p-values; nil without cases, where a number is not finite, rows are not whole or do not fit
  /// each other or the clusters, and where the difference is undefined.
  ///
  /// A swap for which the statistic is undefined counts as a difference at least as large.
  /// - Parameters:
  ///   - candidate: `width` numbers for each case, case after case.
  ///   - baseline: the same of the baseline, for the same cases in the same order.
  ///   - clusters: for each case the id of what it belongs to: clusters are then swapped as a whole.
  public func callAsFunction(
    _ statistic: some SummedStatistic, candidate: [Double], baseline: [Double],
    clusters: [Int]? = nil
  ) -> Result? {
    let width = statistic.width
    guard width > 0, !candidate.isEmpty, candidate.count == baseline.count,
      candidate.count.isMultiple(of: width), candidate.allSatisfy(\.isFinite),
      baseline.allSatisfy(\.isFinite)
    else { return nil }
    var sides = (candidate, baseline)
    if let clusters {
      guard let first = ClusterSums.of(candidate, width: width, clusters: clusters),
        let second = ClusterSums.of(baseline, width: width, clusters: clusters)
      else { return nil }
      sides = (first, second)
    }
    let values = (statistic.value(of: sides.0), statistic.value(of: sides.1))
    guard (values.0 - values.1).isFinite else { return nil }
    let pairs = PermutedPairs(candidate: sides.0, baseline: sides.1, width: width)
    var tally = PermutationTally(
      observed: values.0 - values.1, scale: max(abs(values.0), abs(values.1)))
    if let swaps = EnumeratedSwaps(pairs.gaps) {
      swaps.forEach { sums, weight in
        tally.add(pairs.difference(statistic, given: sums), weight: weight)
      }
      return tally.result(isExact: true)
    }
    let sums = DrawnSwaps(pairs.gaps).sums(seed: seed, draws: draws)
    for start in stride(from: 0, to: sums.count, by: width) {
      tally.add(pairs.difference(statistic, given: sums[start..<start + width]), weight: 1)
    }
    // The order seen is itself one of those that could have been.
    tally.add(values.0 - values.1, weight: 1)
    return tally.result(isExact: false)
  }
}
