/// The least true difference that this number of cases would show with the power of a `CasePlan`.
///
/// A suite that cannot show the difference that matters should say so before anybody reads "no
/// difference was found".
public enum DetectableDifference {
  /// In shares of cases, 0 … 1, were as many cases to differ as have been seen to, or as few more as
  /// the difference itself needs; nil where not even a difference in all cases would show.
  ///
  /// - Parameter confidence: two-sided, as of the interval.
  public static func of(_ counts: PairedCounts, confidence: Double) -> Double? {
    guard counts.total > 0 else { return nil }
    let seen = Double(counts.fixed + counts.broken) / Double(counts.total)
    func shows(_ difference: Double) -> Bool {
      let differing = max(seen, difference)
      let shares = DifferingShares(
        fixed: (differing + difference) / 2, broken: (differing - difference) / 2)
      return shares.decide(above: 0, cases: counts.total, confidence: confidence)
    }
    guard shows(1) else { return nil }
    var low = 0.0
    var high = 1.0
    for _ in 0..<50 {
      let middle = (low + high) / 2
      if shows(middle) { high = middle } else { low = middle }
    }
    return high
  }

  /// In the unit of the differences, from their spread.
  ///
  /// - Parameter confidence: two-sided, as of the interval.
  public static func of(_ mean: PairedMean, confidence: Double) -> Double {
    of(variance: mean.variance, cases: mean.count, confidence: confidence)
  }

  /// Infinite for fewer than two cases, which have no t interval.
  ///
  /// - SeeAlso: Cohen, Statistical Power Analysis for the Behavioral Sciences (1988), 2.4; the
  ///   quantile of the power is taken of t as well, in place of a noncentral t.
  static func of(variance: Double, cases: Int, confidence: Double) -> Double {
    guard cases > 1 else { return .infinity }
    guard variance > 0 else { return 0 }
    let freedom = Double(cases - 1)
    let t =
      PairedMean.t(confidence: confidence, count: cases)
      + StudentDistribution.quantile(CasePlan.power, freedom: freedom)
    return t * (variance / Double(cases)).squareRoot()
  }
}
