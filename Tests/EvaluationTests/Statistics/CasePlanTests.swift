import JSON
import MLOpsCore
import Testing

@testable import Evaluation

struct CasePlanTests {
  /// Differences of this mean and sample variance.
  private func differences(mean: Double, deviation: Double, count: Int) -> PairedMean? {
    let half = deviation * (Double(count - 1) / Double(count)).squareRoot()
    return PairedMean((0..<count).map { mean + ($0 % 2 == 0 ? half : -half) })
  }

  // The reference uses a noncentral t; two quantiles of t ask for one or two cases more.
  @Test func `cases and detectable differences equal statsmodels' powers`() throws {
    for one in try StatisticsFixture.cases("powers", of: "inference") {
      let effect = try one.number("effect")
      let cases = try one.number("cases")
      let seen = try #require(differences(mean: effect * 3 - 1, deviation: 3, count: 1000))
      let planned = try #require(CasePlan.cases(above: -1, seen: seen, confidence: 0.9))
      #expect(abs(Double(planned) - cases) < 2 + 0.001 * cases, "\(planned) \(one.canonical)")
      let now = try #require(
        differences(mean: 0, deviation: 3, count: Int(cases.rounded()) / 2 * 2))
      let found = DetectableDifference.of(now, confidence: 0.9)
      #expect(abs(found / (3 * effect) - 1) < 0.01 + 1 / cases, "\(found) \(one.canonical)")
    }
  }

  @Test func `what is planned is detectable, and one case fewer is not`() throws {
    let seen = try #require(differences(mean: 0.2, deviation: 1.3, count: 50))
    let planned = try #require(CasePlan.cases(above: 0, seen: seen, confidence: 0.95))
    func detectable(_ cases: Int) -> Double {
      DetectableDifference.of(variance: seen.variance, cases: cases, confidence: 0.95)
    }
    #expect(detectable(planned) <= seen.mean && detectable(planned - 1) > seen.mean)
    let counts = PairedCounts(bothRight: 900, fixed: 60, broken: 40)
    let least = try #require(DetectableDifference.of(counts, confidence: 0.9))
    for (factor, isEnough) in [(1.02, true), (0.98, false)] {
      // Ten thousand times as many, so that the shares are exact.
      let shares = DifferingShares(
        fixed: 0.05 + least * factor / 2, broken: 0.05 - least * factor / 2)
      #expect(shares.decide(above: 0, cases: 1000, confidence: 0.9) == isEnough)
    }
  }

  /// The promise of a detectable difference, checked by simulation.
  @Test func `a detectable difference is found four times of five`() throws {
    let counts = PairedCounts(bothRight: 240, fixed: 33, broken: 27)
    let least = try #require(DetectableDifference.of(counts, confidence: 0.9))
    var random = SplitMix64(seed: 31)
    var found = 0
    for _ in 0..<1000 {
      let differing = BinomialDraw.next(trials: 300, probability: 0.2, &random)
      let fixed = BinomialDraw.next(
        trials: differing, probability: (0.2 + least) / 0.4, &random)
      let drawn = PairedCounts(
        bothRight: 300 - differing, fixed: fixed, broken: differing - fixed)
      if TangoInterval.of(drawn, confidence: 0.9).lower > 0 { found += 1 }
    }
    // Whole cases make steps of the power; the noise is 1.3 points.
    #expect((740...870).contains(found), "\(found) at \(least)")
  }

  @Test func `more cases show less, and too few show nothing`() throws {
    func least(_ total: Int) -> Double? {
      DetectableDifference.of(PairedCounts(bothRight: total), confidence: 0.9)
    }
    let values = [20, 100, 1000, 10_000_000].map { least($0) ?? .nan }
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 > $1 }, "\(values)")
    // z² / (n + z²) without cases that differ in the other direction.
    #expect(abs(values[1] - 6.1826 / 106.1826) < 0.01, "\(values)")
    #expect(least(0) == nil && least(1) == nil)
    #expect(DetectableDifference.of(variance: 1, cases: 1, confidence: 0.9) == .infinity)
    let equal = try #require(PairedMean([0.5, 0.5]))
    #expect(DetectableDifference.of(equal, confidence: 0.9) == 0)
    #expect(CasePlan.cases(above: 0, seen: equal, confidence: 0.9) == 2)
    #expect(CasePlan.cases(above: 0.5, seen: equal, confidence: 0.9) == nil)
    let tiny = try #require(PairedMean([1, -1 + 1e-6]))
    #expect(CasePlan.cases(above: 0, seen: tiny, confidence: 0.9) == nil, "more than ten million")
  }
}
