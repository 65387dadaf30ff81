import Foundation
import MLOpsCore
import Testing

@testable import Evaluation

/// Simulated traffic to two arms, with one look at the end of each day.
///
/// The level of both arms swings with the days of the week, as real traffic does.
struct LiveTraffic: Sendable, CustomTestStringConvertible {
  /// Mean outcome of the baseline, 0 … 1.
  var rate: Double
  /// Mean of the candidate − that of the baseline.
  var effect = 0.0
  var candidateShare = 0.5
  /// Outcomes between 0 and 1, in place of thumbs.
  var isReal = false
  /// Subjects a day, on average.
  var daily: Int
  var days = 30

  var testDescription: String {
    "\(isReal ? "real" : "thumbs") \(rate) \(effect) at \(candidateShare), \(daily) a day"
  }

  /// What looking daily and stopping at the first decision found.
  struct Outcome: Sendable {
    /// Subjects when the confidence sequence stopped; nil where it never did.
    var stopped: Int?
    var isBetter = false
    /// Whether a usual z test, looked at as often, ever was significant at 5 %.
    var zTestStopped = false
    /// Whether that test was at the last look, which is what it was made for.
    var zTestEnded = false
  }

  func outcomes(_ tests: Int) -> [Outcome] {
    ResampleLoop(draws: tests, batch: 16).results { range in
      range.map { test in
        var random = ResampleLoop.stream(seed: 77, draw: test, part: daily)
        return outcome(&random)
      }
    }
  }

  private func outcome(_ random: inout SplitMix64) -> Outcome {
    var result = Outcome()
    guard
      var sequence = try? ConfidenceSequence(leastShare: min(candidateShare, 1 - candidateShare))
    else { return result }
    var arms = [PlainArm](repeating: PlainArm(), count: 2)
    for day in 0..<days {
      let level = rate + 0.3 * min(rate, 1 - rate) * sin(2 * .pi * Double(day) / 7)
      let weekday = day % 7 < 5 ? 1.15 : 0.625
      for _ in 0..<Int(Double(daily) * weekday * (0.8 + 0.4 * random.unit())) {
        let isCandidate = random.unit() < candidateShare
        let y = draw(level + (isCandidate ? effect : 0), &random)
        try? sequence.add(y, isCandidate: isCandidate, candidateShare: candidateShare)
        arms[isCandidate ? 1 : 0].add(y)
      }
      result.zTestEnded = PlainArm.z(arms[0], arms[1]) > 1.96
      if result.zTestEnded { result.zTestStopped = true }
      guard result.stopped == nil else { continue }
      switch sequence.decision(confidence: 0.95) {
      case .better: (result.stopped, result.isBetter) = (sequence.subjects, true)
      case .worse: result.stopped = sequence.subjects
      case .equivalent, .goOn: break
      }
      if effect != 0, result.stopped != nil { return result }
    }
    return result
  }

  private func draw(_ mean: Double, _ random: inout SplitMix64) -> Double {
    guard isReal else { return random.unit() < mean ? 1 : 0 }
    // Uniform around the mean, as far as the range lets it.
    return mean + (2 * random.unit() - 1) * min(mean, 1 - mean)
  }
}

/// What the usual test for two arms needs.
private struct PlainArm {
  var count = 0.0
  var sum = 0.0
  var squares = 0.0

  mutating func add(_ y: Double) {
    count += 1
    sum += y
    squares += y * y
  }

  var variance: Double { (squares - sum * sum / count) / (count - 1) }

  /// How many standard errors apart two arms are (Welch); 0 where that is undefined.
  static func z(_ one: PlainArm, _ other: PlainArm) -> Double {
    let error = (one.variance / one.count + other.variance / other.count).squareRoot()
    let z = abs(one.sum / one.count - other.sum / other.count) / error
    return z.isFinite ? z : 0
  }
}
