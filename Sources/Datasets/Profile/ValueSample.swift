public import JSON
import MLOpsCore

/// What some numbers are like, in bounded memory.
///
/// Least, greatest and mean are exact. Quantiles are those of a uniform sample of at most 10,000
/// values: exact up to that many, and within about one percentile beyond. The sample is drawn with a
/// fixed seed, so the same numbers in the same order give the same summary.
///
/// - SeeAlso: Vitter, "Random sampling with a reservoir", 1985 (algorithm R).
public struct ValueSample: Sendable, Equatable {
  public private(set) var count = 0
  public private(set) var least = Double.infinity
  public private(set) var greatest = -Double.infinity
  private var sum = 0.0
  private var sample: [Double] = []
  private var random = SplitMix64(seed: 0x7361_6D70_6C65)

  static let limit = 10_000

  public init() {}

  public static func == (left: ValueSample, right: ValueSample) -> Bool {
    left.count == right.count && left.sum == right.sum
      && left.sample.sorted() == right.sample.sorted()
  }

  /// Adds a number; one that is not finite is left out.
  public mutating func add(_ value: Double) {
    guard value.isFinite else { return }
    count += 1
    least = min(least, value)
    greatest = max(greatest, value)
    sum += value
    if sample.count < ValueSample.limit {
      sample.append(value)
    } else {
      let place = random.next(below: count)
      if place < ValueSample.limit { sample[place] = value }
    }
  }

  /// nil where there is no value.
  public var mean: Double? { count > 0 ? sum / Double(count) : nil }

  /// The sampled values, ascending.
  public var values: [Double] { sample.sorted() }

  /// The least value that at least a share of the values, 0 to 1, do not exceed.
  public func quantile(_ share: Double) -> Double? { ValueSample.quantile(share, of: values) }

  static func quantile(_ share: Double, of ascending: [Double]) -> Double? {
    guard !ascending.isEmpty else { return nil }
    let rank = Int((share * Double(ascending.count)).rounded(.up))
    return ascending[min(max(rank - 1, 0), ascending.count - 1)]
  }

  public var json: JSONValue {
    guard count > 0 else { return ["count": 0] }
    let values = values
    let quantile = { (share: Double) -> JSONValue in
      ValueSample.quantile(share, of: values).map { .double($0) } ?? .null
    }
    return [
      "count": .integer(count), "min": .double(least), "median": quantile(0.5),
      "p95": quantile(0.95), "max": .double(greatest), "mean": mean.map { .double($0) } ?? .null,
    ]
  }
}
