/// pass@k: how likely one of k samples solves a problem, 0 … 1, estimated from n ≥ k samples.
///
/// Chen et al., arXiv:2107.03374, equation 1: 1 − C(n − c, k) / C(n, k) for c right ones, unbiased.
/// The quotient is a product of min(c, k) factors, so that no binomial overflows.
public struct PassAtK: MeanOverCases {
  /// How many samples may be tried, at least 1.
  public let k: Int

  public init(k: Int) { self.k = max(1, k) }

  /// The estimate of one problem and a one.
  ///
  /// A problem of fewer than k samples has no unbiased estimate: it gives two zeros and is left
  /// out, so whoever sums has to see to it that there are enough.
  public func numbers(samples: Int, right: Int) -> [Double] {
    numbers(ofValue: value(samples: samples, right: right))
  }

  /// The estimate of one problem.
  ///
  /// - Parameters:
  ///   - samples: n.
  ///   - right: c, 0 … n.
  /// - Returns: 0 … 1; nil where samples < k or right is not in 0 … samples.
  public func value(samples: Int, right: Int) -> Double? {
    guard samples >= k, (0...samples).contains(right) else { return nil }
    // C(n − c, k) / C(n, k) is the same with c and k exchanged.
    let (few, many) = (min(right, k), max(right, k))
    guard samples - many >= few else { return 1 }
    var allWrong = 1.0
    for index in 0..<few {
      allWrong *= Double(samples - many - index) / Double(samples - index)
      if allWrong == 0 { break }
    }
    return 1 - allWrong
  }
}
