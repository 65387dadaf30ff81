import Evaluation
import Foundation
import JSON
import MLOpsCore

/// Times what an evaluation computes of a metric that is more than right and wrong, for
/// measurements: `EvaluationBench CASES RESAMPLES ROUNDS`.
///
/// Prints one JSON object: `seconds` (of each round), `lower`, `upper` and `p_value`.
@main enum EvaluationBench {
  static func main() throws {
    let counts = CommandLine.arguments.dropFirst().compactMap { Int($0) }
    guard counts.count == 3, counts.allSatisfy({ $0 > 0 }) else {
      print("usage: EvaluationBench CASES RESAMPLES ROUNDS")
      exit(64)
    }
    let (baseline, candidate) = rows(counts[0])
    var seconds: [JSONValue] = []
    var ending: (interval: Interval, test: PermutationTest.Result)?
    for _ in 0..<counts[2] {
      let start = ContinuousClock.now
      let interval = PairedBootstrap(resamples: counts[1]).interval(
        of: MeanStatistic(), candidate: candidate, baseline: baseline, confidence: 0.9)
      let test = PermutationTest(draws: counts[1])(
        MeanStatistic(), candidate: candidate, baseline: baseline)
      seconds.append(.double((ContinuousClock.now - start) / .seconds(1)))
      guard let interval, let test else {
        print("these numbers have no interval or no test")
        exit(1)
      }
      ending = (interval, test)
    }
    guard let ending else { return }
    let figures: JSONValue = [
      "seconds": .array(seconds), "lower": .double(ending.interval.lower),
      "upper": .double(ending.interval.upper), "p_value": .double(ending.test.twoSided),
    ]
    print(figures.canonical)
  }

  /// Values without ties, as ln p are, that are a little better on one side.
  private static func rows(_ cases: Int) -> (baseline: [Double], candidate: [Double]) {
    var generator = SplitMix64(seed: 1)
    func share() -> Double { Double(generator.next() >> 11) / 0x1p53 }
    var (baseline, candidate): ([Double], [Double]) = ([], [])
    for _ in 0..<cases {
      let difficulty = -6 * share()
      baseline += [difficulty + share(), 1]
      candidate += [difficulty + share() + 0.002, 1]
    }
    return (baseline, candidate)
  }
}
