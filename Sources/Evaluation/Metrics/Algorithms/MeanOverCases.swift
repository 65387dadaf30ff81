/// A mean over the cases that have a value: each gives its value and a one.
///
/// A case without a value gives two zeros and is left out, so that one undefined number does not
/// make the suite's undefined. Without any value the mean is NaN.
public protocol MeanOverCases: SummedStatistic {}

extension MeanOverCases {
  /// The value and a one.
  public var width: Int { 2 }

  /// The mean.
  public func value(ofSums sums: UnsafeBufferPointer<Double>) -> Double { sums[0] / sums[1] }

  /// The two numbers of a case: none where its value is nil or not a number.
  func numbers(ofValue value: Double?) -> [Double] {
    guard let value, !value.isNaN else { return [0, 0] }
    return [value, 1]
  }
}
