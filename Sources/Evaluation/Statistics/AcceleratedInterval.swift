/// The ends that BCa reads off the values of resamples: percentiles, shifted for bias and skewness.
///
/// - SeeAlso: Efron and Tibshirani, An Introduction to the Bootstrap (1993), equations 14.9,
///   14.10 and 14.14.
enum AcceleratedInterval {
  /// - Parameters:
  ///   - values: of the statistic on each resample, at least one, finite.
  ///   - observed: of the statistic on the cases.
  ///   - acceleration: of `Jackknife`.
  ///   - confidence: two-sided, 0 < confidence < 1.
  static func of(
    _ values: [Double], observed: Double, acceleration: Double, confidence: Double
  ) -> Interval {
    let sorted = values.sorted()
    // Half of the ties: with few distinct values, leaving them out would shift the interval. Equal
    // values differ in their last digits where they were added in another order.
    let scale = max(abs(observed), abs(sorted[0]), abs(sorted[sorted.count - 1]))
    let rounding = 1e-12 * scale
    let below = sorted.count { $0 < observed - rounding }
    let above = sorted.count { $0 > observed + rounding }
    let share = (Double(below) + Double(sorted.count - above)) / 2 / Double(sorted.count)
    let bias = NormalDistribution.quantile(share)
    func end(_ z: Double) -> Double {
      // All resamples on one side say nothing about the bias: plain percentiles then.
      guard bias.isFinite else { return quantile(sorted, NormalDistribution.cumulative(z)) }
      let stretch = 1 - acceleration * (bias + z)
      // Skewed beyond what the correction can follow: the outermost value.
      let shifted = stretch > 0 ? bias + (bias + z) / stretch : (bias + z) * .infinity
      return quantile(sorted, NormalDistribution.cumulative(shifted))
    }
    let z = Interval.z(confidence: confidence)
    return Interval(lower: end(-z), upper: end(z), confidence: confidence)
  }

  /// The value at a share of a sorted list, interpolated linearly.
  private static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    let position = min(max(share, 0), 1) * Double(sorted.count - 1)
    let index = Int(position)
    let next = min(index + 1, sorted.count - 1)
    return sorted[index] + (position - Double(index)) * (sorted[next] - sorted[index])
  }
}
