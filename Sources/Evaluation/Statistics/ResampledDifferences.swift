/// How often a bootstrap's resamples came to which difference: bars of equal width.
public struct ResampledDifferences: Sendable, Hashable {
  /// The lower end of the first bar.
  public let lower: Double
  /// The width of each bar, above 0.
  public let width: Double
  /// Resamples in each bar, at least one bar; all of those that have a difference.
  public let counts: [Int]

  /// The upper end of the last bar.
  public var upper: Double { lower + width * Double(counts.count) }

  /// The most bars.
  static let mostBars = 48

  /// Sorts differences into bars; nil without any.
  ///
  /// - Parameters:
  ///   - values: finite.
  ///   - step: where all differences are multiples of one number, that number: bars of a whole number
  ///     of steps hold equally many possible values each, else the bars would be a comb.
  init?(_ values: [Double], step: Double? = nil) {
    guard let least = values.min(), let most = values.max() else { return nil }
    // Sums of other orders differ in their last digits.
    let scale = max(abs(least), abs(most))
    guard most - least > 1e-12 * scale, (most - least).isFinite, scale > 1e-300 else {
      width = step ?? max(scale, 1e-9) * 0.01
      lower = least - width / 2
      counts = [values.count]
      return
    }
    let bars = Double(ResampledDifferences.mostBars)
    if let step, step > 0 {
      width = ((most - least) / step / (bars - 1)).rounded(.up) * step
      lower = (least / step).rounded() * step - step / 2
    } else {
      width = (most - least) / bars
      lower = least
    }
    let (lower, width) = (lower, width)
    var counts: [Int] = []
    for value in values {
      // The largest value belongs to the last bar; so does one that rounding puts beyond it.
      let bar = min(max(Int((value - lower) / width), 0), ResampledDifferences.mostBars - 1)
      if bar >= counts.count { counts += repeatElement(0, count: bar + 1 - counts.count) }
      counts[bar] += 1
    }
    self.counts = counts
  }
}

extension PairedBootstrap {
  /// The differences that the resamples of `interval(of:candidate:baseline:confidence:)` come to: the
  /// same draws of the same seed. Nil where that is nil but for too many undefined resamples.
  ///
  /// - Parameters:
  ///   - candidate: `width` numbers for each case, case after case.
  ///   - baseline: the same of the baseline.
  ///   - step: see `ResampledDifferences`.
  public func differences(
    of statistic: some SummedStatistic, candidate: [Double], baseline: [Double],
    step: Double? = nil
  ) -> ResampledDifferences? {
    let difference = PairedDifference(side: statistic)
    guard let rows = difference.rows(candidate: candidate, baseline: baseline), !rows.isEmpty,
      rows.allSatisfy(\.isFinite)
    else { return nil }
    let columns = VaryingColumns(rows, of: difference.width)
    guard columns.count > 1 else { return nil }
    guard columns.width > 0 else {
      let value = difference.value(of: rows)
      guard value.isFinite else { return nil }
      return ResampledDifferences([Double](repeating: value, count: resamples), step: step)
    }
    return ResampledDifferences(
      values(
        of: difference, columns, DistinctRows(columns.rows, width: columns.width)
      ).filter(\.isFinite), step: step)
  }
}
