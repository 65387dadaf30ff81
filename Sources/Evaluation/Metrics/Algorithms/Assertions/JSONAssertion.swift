public import JSON

/// An output that must be JSON and equal to, or contain, an expected value.
///
/// Numbers are compared exactly by value (`1` is `1.0`, but 0.1 is not 0.1000000000000000055),
/// texts by their scalars, members in any order.
///
/// As a statistic it is the share of cases whose output is so.
public struct JSONAssertion: MeanOverCases, Hashable {
  /// When two arrays are the same.
  public enum Arrays: String, Sendable, Hashable, CaseIterable {
    /// Element by element.
    case ordered
    /// In any order, each element as often as in the other.
    case unordered
    /// In any order and however often.
    case sets
  }

  /// The value expected.
  public let expected: JSONValue
  /// When arrays are the same, at every depth.
  public let arrays: Arrays
  /// Whether the output may have more: objects more members at every depth, arrays that are
  /// compared in any order more elements. An ordered array keeps its length. Elements in any order
  /// each need one of their own that contains them; those of sets may share one.
  public let allowsMore: Bool

  public init(_ expected: JSONValue, arrays: Arrays = .ordered, allowsMore: Bool = false) {
    self.expected = expected
    self.arrays = arrays
    self.allowsMore = allowsMore
  }

  /// How many failures of one output are told, the first in the order of the expected value's
  /// names.
  public static let toldFailures = 20

  /// Whether an output is so, 0 or 1, and a one.
  public func numbers(output: String) -> [Double] {
    numbers(ofValue: failures(of: output).isEmpty ? 1 : 0)
  }

  /// Why an output is not so; empty where it is. Of an output that is no JSON the place is the
  /// root.
  public func failures(of output: String) -> [AssertionFailure] {
    do throws(JSONSyntaxError) {
      return failures(of: try JSONValue(parsing: output))
    } catch {
      return [
        AssertionFailure(
          expected: AssertionFailure.shown(expected),
          found: "no JSON (line \(error.line), column \(error.column): \(error.reason))")
      ]
    }
  }

  /// Why a value is not so; empty where it is.
  public func failures(of found: JSONValue) -> [AssertionFailure] {
    var comparison = JSONComparison(arrays: arrays, allowsMore: allowsMore)
    comparison.compare(expected, found, at: [])
    return comparison.failures
  }
}
