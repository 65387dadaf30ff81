/// How far confidences lie from the share of right answers, 0 … 1, over bins of equal width.
///
/// Guo et al., ICML 2017, equations 3 to 5: Σ over bins of |bin| / n · |share right − mean
/// confidence|, bin m of M having the confidences in ((m − 1) / M, m / M]; 0 belongs to the first
/// bin. The paper takes 15 bins, as is the default here; 10 are common too.
///
/// A confidence that is no number is left out and counted (`ReliabilityTable.unmeasured`); one
/// outside 0 … 1 counts as the nearer end.
public struct ExpectedCalibrationError: SummedStatistic {
  /// How many bins, 1 … 1,000; others count as the nearer end.
  public let bins: Int

  public init(bins: Int = 15) { self.bins = min(max(1, bins), 1_000) }

  /// Three numbers for each bin, and the count of cases without confidence.
  public var width: Int { 3 * bins + 1 }

  /// The numbers of one case: for its bin a one, the confidence and whether it is right; zeros for
  /// the others; last a one where the confidence is no finite number.
  public func numbers(confidence: Double, isRight: Bool) -> [Double] {
    var numbers = [Double](repeating: 0, count: width)
    guard confidence.isFinite else {
      numbers[3 * bins] = 1
      return numbers
    }
    let confidence = min(max(confidence, 0), 1)
    let bin = bin(of: confidence)
    numbers[3 * bin] = 1
    numbers[3 * bin + 1] = confidence
    numbers[3 * bin + 2] = isRight ? 1 : 0
    return numbers
  }

  /// The error over all cases that have a confidence; NaN without any.
  public func value(ofSums sums: UnsafeBufferPointer<Double>) -> Double {
    var (gaps, cases) = (0.0, 0.0)
    for bin in 0..<bins {
      gaps += abs(sums[3 * bin + 2] - sums[3 * bin + 1])
      cases += sums[3 * bin]
    }
    return gaps / cases
  }

  /// The bins, of the sums over cases.
  public func table(ofSums sums: [Double]) -> ReliabilityTable {
    guard sums.count == width else { return ReliabilityTable(rows: [], unmeasured: 0) }
    let rows = (0..<bins).map { bin in
      ReliabilityTable.Row(
        lower: Double(bin) / Double(bins), upper: Double(bin + 1) / Double(bins),
        count: sums[3 * bin], meanConfidence: sums[3 * bin + 1] / sums[3 * bin],
        shareRight: sums[3 * bin + 2] / sums[3 * bin])
    }
    return ReliabilityTable(rows: rows, unmeasured: sums[3 * bins])
  }

  /// The bin whose upper end is the first that is not below: multiplying alone may round across it.
  private func bin(of confidence: Double) -> Int {
    var bin = min(max(Int((confidence * Double(bins)).rounded(.up)) - 1, 0), bins - 1)
    while bin > 0, confidence <= Double(bin) / Double(bins) { bin -= 1 }
    while bin < bins - 1, confidence > Double(bin + 1) / Double(bins) { bin += 1 }
    return bin
  }
}

/// Confidence beside the share of right answers, bin by bin: a reliability diagram as numbers.
public struct ReliabilityTable: Sendable, Hashable {
  /// One bin.
  public struct Row: Sendable, Hashable {
    /// Confidences above this …
    public let lower: Double
    /// … up to this, included.
    public let upper: Double
    /// How many cases.
    public let count: Double
    /// Their mean confidence, 0 … 1; NaN without cases.
    public let meanConfidence: Double
    /// The share of right ones, 0 … 1; NaN without cases.
    public let shareRight: Double
  }

  /// The bins, from the least confident.
  public let rows: [Row]
  /// How many cases had no confidence that is a number.
  public let unmeasured: Double

  /// The largest distance of confidence and share in any bin (Guo et al., equation 5's maximum,
  /// MCE); NaN without cases.
  public var maximumError: Double {
    rows.filter { $0.count > 0 }.map { abs($0.shareRight - $0.meanConfidence) }.max() ?? .nan
  }
}
