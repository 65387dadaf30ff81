/// Percentiles of samples such as latencies: p50, p95.
///
/// Type 7 of Hyndman and Fan, The American Statistician 50 (1996), numpy's default: between the
/// sorted samples around place p · (n − 1), linearly. A percentile is no sum over cases.
public struct Percentiles: Sendable, Hashable {
  /// The finite samples, ascending.
  private let sorted: [Double]
  /// How many samples were no finite numbers; they are left out.
  public let unmeasured: Int

  public init(_ samples: [Double]) {
    sorted = samples.filter(\.isFinite).sorted()
    unmeasured = samples.count - sorted.count
  }

  /// How many samples there are.
  public var count: Int { sorted.count }

  /// The value at a share of the samples, 0 … 1 (others count as the nearer end); nil without
  /// samples.
  public func value(at share: Double) -> Double? {
    guard let last = sorted.last, !share.isNaN else { return nil }
    let position = min(max(share, 0), 1) * Double(sorted.count - 1)
    let index = Int(position)
    guard index + 1 < sorted.count else { return last }
    let (lower, upper) = (sorted[index], sorted[index + 1])
    let part = position - Double(index)
    // numpy goes from the nearer end, so that equal neighbours give exactly themselves.
    return part < 0.5
      ? lower + (upper - lower) * part : upper - (upper - lower) * (1 - part)
  }

  /// Whether at least one sample is expected on the far side of the value, and so it says more than
  /// the extreme does: p95 needs 20 samples, p99 needs 100. With fewer, call it the slowest of so
  /// many.
  public func isSupported(_ share: Double) -> Bool {
    // A ten-thousandth below, because 1 − 0.95 is a little more than 0.05 or a little less.
    Double(sorted.count) * min(share, 1 - share) >= 0.9999
  }
}
