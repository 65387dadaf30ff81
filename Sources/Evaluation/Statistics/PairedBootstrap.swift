import MLOpsCore
import Foundation

/// A bootstrap interval of the mean of paired differences, bias-corrected and accelerated (BCa).
///
/// - SeeAlso: Efron, JASA 82 (1987), 171–185.
public struct PairedBootstrap: Sendable, Hashable {
  /// At least 100.
  public let resamples: Int
  public let seed: UInt64

  public init(resamples: Int = 10_000, seed: UInt64 = 0) {
    self.resamples = max(100, resamples)
    self.seed = seed
  }

  /// The interval of the mean; nil without differences or where one is not finite.
  ///
  /// - Parameters:
  ///   - differences: candidate − baseline, one for each case.
  ///   - confidence: two-sided, 0 < confidence < 1.
  public func interval(of differences: [Double], confidence: Double) -> Interval? {
    let n = Double(differences.count)
    let mean = differences.reduce(0, +) / n
    guard mean.isFinite else { return nil }
    guard differences.contains(where: { $0 != differences[0] }) else {
      return Interval(lower: mean, upper: mean, confidence: confidence)
    }
    let means = resampledMeans(of: differences).sorted()
    // Half of the ties: with few distinct means, leaving them out would shift the interval.
    let below = Double(means.count { $0 < mean }) + Double(means.count { $0 == mean }) / 2
    let bias = NormalDistribution.quantile(below / Double(means.count))
    guard bias.isFinite else {
      return Interval(
        lower: PairedBootstrap.quantile(means, (1 - confidence) / 2),
        upper: PairedBootstrap.quantile(means, (1 + confidence) / 2), confidence: confidence)
    }
    let acceleration = PairedBootstrap.acceleration(of: differences, mean: mean)
    func end(_ z: Double) -> Double {
      let shifted = bias + (bias + z) / (1 - acceleration * (bias + z))
      return PairedBootstrap.quantile(means, NormalDistribution.cumulative(shifted))
    }
    let z = Interval.z(confidence: confidence)
    return Interval(lower: end(-z), upper: end(z), confidence: confidence)
  }

  private func resampledMeans(of differences: [Double]) -> [Double] {
    var random = SplitMix64(seed: seed)
    let count = differences.count
    return differences.withUnsafeBufferPointer { differences in
      (0..<resamples).map { _ in
        var sum = 0.0
        for _ in 0..<count { sum += differences[random.next(below: count)] }
        return sum / Double(count)
      }
    }
  }

  /// The skewness of the jackknife means, which for a mean has a closed form.
  private static func acceleration(of differences: [Double], mean: Double) -> Double {
    var squares = 0.0
    var cubes = 0.0
    for difference in differences {
      let deviation = difference - mean
      squares += deviation * deviation
      cubes += deviation * deviation * deviation
    }
    return cubes / (6 * squares * squares.squareRoot())
  }

  /// The value at a share of a sorted list, interpolated linearly.
  private static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    let position = min(max(share, 0), 1) * Double(sorted.count - 1)
    let index = Int(position)
    let next = min(index + 1, sorted.count - 1)
    return sorted[index] + (position - Double(index)) * (sorted[next] - sorted[index])
  }
}
