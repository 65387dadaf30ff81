/// Bootstrap intervals of what two models did on the same cases, bias-corrected and accelerated
/// (BCa).
///
/// The same seed gives the same interval, whatever the order of the cases and the number of threads.
/// - SeeAlso: Efron, JASA 82 (1987), 171–185.
public struct PairedBootstrap: Sendable, Hashable {
  /// At least 100.
  public let resamples: Int
  public let seed: UInt64

  public init(resamples: Int = 10_000, seed: UInt64 = 0) {
    self.resamples = max(100, resamples)
    self.seed = seed
  }

  /// The interval of the mean; nil for fewer than two differences or where one is not finite.
  ///
  /// - Parameters:
  ///   - differences: candidate − baseline, one for each case.
  ///   - confidence: two-sided, 0 < confidence < 1.
  public func interval(of differences: [Double], confidence: Double) -> Interval? {
    var rows: [Double] = []
    rows.reserveCapacity(2 * differences.count)
    for difference in differences {
      rows.append(difference)
      rows.append(1)
    }
    return interval(of: MeanStatistic(), rows: rows, confidence: confidence)
  }

  /// The interval of the candidate's statistic minus the baseline's; nil as below, and where the
  /// sides differ in length.
  ///
  /// - Parameters:
  ///   - candidate: `width` numbers for each case, case after case.
  ///   - baseline: the same of the baseline, for the same cases in the same order.
  ///   - clusters: for each case the id of what it belongs to, such as the passage it asks about;
  ///     clusters are then drawn in place of cases.
  ///   - confidence: two-sided, 0 < confidence < 1.
  public func interval(
    of statistic: some SummedStatistic, candidate: [Double], baseline: [Double],
    clusters: [Int]? = nil, confidence: Double
  ) -> Interval? {
    let difference = PairedDifference(side: statistic)
    return difference.rows(candidate: candidate, baseline: baseline).flatMap {
      interval(of: difference, rows: $0, clusters: clusters, confidence: confidence)
    }
  }

  /// The interval of a statistic; nil for fewer than two cases (or clusters), where a number is not
  /// finite, rows are not whole or clusters do not fit, and where the statistic is undefined for the
  /// cases or for more than one in twenty resamples (the others then stand for all).
  ///
  /// An interval of equal cases has no width: a bootstrap knows only what it has seen.
  /// - Parameters:
  ///   - rows: `width` numbers for each case, case after case.
  ///   - clusters: as above.
  ///   - confidence: two-sided, 0 < confidence < 1.
  public func interval(
    of statistic: some SummedStatistic, rows: [Double], clusters: [Int]? = nil, confidence: Double
  ) -> Interval? {
    let width = statistic.width
    guard confidence > 0, confidence < 1, width > 0, !rows.isEmpty,
      rows.count.isMultiple(of: width), rows.allSatisfy(\.isFinite)
    else { return nil }
    var units = rows
    if let clusters {
      guard let sums = ClusterSums.of(rows, width: width, clusters: clusters) else { return nil }
      units = sums
    }
    let columns = VaryingColumns(units, of: width)
    guard columns.count > 1 else { return nil }
    guard columns.width > 0 else {
      let value = statistic.value(of: units)
      guard value.isFinite else { return nil }
      return Interval(lower: value, upper: value, confidence: confidence)
    }
    let distinct = DistinctRows(columns.rows, width: columns.width)
    let observed = distinct.sums.withUnsafeBufferPointer {
      columns.value(statistic, ofSums: $0, cases: columns.count)
    }
    guard observed.isFinite else { return nil }
    let values = values(of: statistic, columns, distinct).filter(\.isFinite)
    guard values.count * 20 >= resamples * 19 else { return nil }
    return AcceleratedInterval.of(
      values, observed: observed,
      acceleration: Jackknife.acceleration(of: statistic, distinct, columns),
      confidence: confidence)
  }

  /// Of each resample; not finite where it is undefined.
  func values(
    of statistic: some SummedStatistic, _ columns: VaryingColumns, _ rows: DistinctRows
  ) -> [Double] {
    let sums = ResamplingUrns(rows).sums(seed: seed, draws: resamples)
    return sums.withUnsafeBufferPointer { sums in
      stride(from: 0, to: sums.count, by: rows.width).map {
        columns.value(
          statistic, ofSums: UnsafeBufferPointer(rebasing: sums[$0..<$0 + rows.width]),
          cases: columns.count)
      }
    }
  }
}
