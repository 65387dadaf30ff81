/// A number of many cases that follows from the sums of a few numbers of each.
///
/// An accuracy is one (the sum of rights over the sum of ones), and so are BLEU, F1 over all cases,
/// calibration errors and perplexities, none of which is a mean over cases. What a resample or a
/// slice has is then a sum too, so that one interval and one test serve them all.
public protocol SummedStatistic: Sendable {
  /// How many numbers each case gives, at least 1.
  var width: Int { get }

  /// The number of cases whose numbers have these sums; NaN where it is undefined, as a mean of no
  /// cases is.
  ///
  /// - Parameter sums: `width` sums over the cases, each case counted as often as it was drawn.
  func value(ofSums sums: UnsafeBufferPointer<Double>) -> Double
}

extension SummedStatistic {
  /// The number of cases whose numbers lie row after row: `width` for each case.
  public func value(of rows: [Double]) -> Double {
    var sums = [Double](repeating: 0, count: width)
    for (index, number) in rows.enumerated() { sums[index % width] += number }
    return sums.withUnsafeBufferPointer { value(ofSums: $0) }
  }
}

/// The mean over cases: each gives its value and a one.
public struct MeanStatistic: SummedStatistic {
  public init() {}

  public var width: Int { 2 }

  public func value(ofSums sums: UnsafeBufferPointer<Double>) -> Double { sums[0] / sums[1] }
}
