import JSON
import Testing

@testable import Evaluation

struct EquivalenceTestTests {
  // The reference maximises a likelihood numerically, which is good to about 1e-8.
  @Test func `p of shares equals that of a numerically maximised likelihood`() throws {
    for one in try StatisticsFixture.cases("equivalence", of: "inference") {
      let fixed = try one.count("fixed")
      let broken = try one.count("broken")
      let rest = try one.count("total") - fixed - broken
      let counts = PairedCounts(bothRight: rest, fixed: fixed, broken: broken)
      let margin = try one.number("margin")
      let notWorse = try #require(EquivalenceTest.notWorse(counts, margin: margin))
      let notBetter = try #require(EquivalenceTest.notWorse(counts.swapped, margin: margin))
      #expect(abs(notWorse - (try one.number("not_worse"))) < 1e-6, "\(one.canonical)")
      #expect(abs(notBetter - (try one.number("not_better"))) < 1e-6, "\(one.canonical)")
      #expect(EquivalenceTest.equivalent(counts, margin: margin) == max(notWorse, notBetter))
    }
  }

  @Test func `p and intervals of means equal those of statsmodels and scipy`() throws {
    for one in try StatisticsFixture.cases("t_tests", of: "inference") {
      let mean = try #require(PairedMean(one.numbers("differences")))
      let margin = try one.number("margin")
      let interval = mean.interval(confidence: try one.number("confidence"))
      let expected = try one.numbers("interval")
      #expect(isClose(interval.lower, expected[0], relative: 1e-9), "\(interval) \(expected)")
      #expect(isClose(interval.upper, expected[1], relative: 1e-9), "\(interval) \(expected)")
      #expect(
        isClose(
          try #require(EquivalenceTest.notWorse(mean, margin: margin)),
          try one.number("not_worse"), relative: 1e-9),
        "\(EquivalenceTest.notWorse(mean, margin: margin) ?? .nan)")
      #expect(
        isClose(
          try #require(EquivalenceTest.equivalent(mean, margin: margin)),
          try one.number("equivalent"), relative: 1e-9))
    }
  }

  @Test(arguments: [0.01, 0.05, 0.2]) func `a test rejects where its interval lies inside`(
    alpha: Double
  ) throws {
    let confidence = 1 - 2 * alpha
    for total in [1, 2, 7, 50, 400] {
      for fixed in [0, 1, 3, 20] where fixed <= total {
        for broken in [0, 1, 2, 25] where fixed + broken <= total {
          let counts = PairedCounts(
            bothRight: total - fixed - broken, fixed: fixed, broken: broken)
          let interval = TangoInterval.of(counts, confidence: confidence)
          for margin in [0, 0.013, 0.1, 0.37, 0.99] {
            let p = try #require(EquivalenceTest.notWorse(counts, margin: margin))
            #expect((p < alpha) == (interval.lower > -margin), "\(counts) \(margin) \(p)")
            let both = try #require(EquivalenceTest.equivalent(counts, margin: margin))
            #expect((both < alpha) == (interval.lower > -margin && interval.upper < margin))
          }
        }
      }
    }
    for values in [[1, 2, 4, 3.5], [-0.1, 0.3, 0.2, 0.1, 0, 0.4], [-2, 2, -2, 2]] as [[Double]] {
      let mean = try #require(PairedMean(values))
      let interval = mean.interval(confidence: confidence)
      for margin in [0, 0.25, 1, 3, 9] as [Double] {
        let p = try #require(EquivalenceTest.equivalent(mean, margin: margin))
        #expect((p < alpha) == (interval.lower > -margin && interval.upper < margin))
      }
    }
  }

  @Test func `margins that are none, and no cases, give no p`() {
    let counts = PairedCounts(bothRight: 5, fixed: 1)
    for margin in [-0.1, .nan] {
      #expect(EquivalenceTest.notWorse(counts, margin: margin) == nil)
      #expect(EquivalenceTest.equivalent(counts, margin: margin) == nil)
      #expect(PairedMean([1, 2]).flatMap { EquivalenceTest.notWorse($0, margin: margin) } == nil)
    }
    #expect(EquivalenceTest.notWorse(PairedCounts(), margin: 0.1) == nil)
    // Nobody can be worse by more than everything.
    #expect(EquivalenceTest.notWorse(PairedCounts(broken: 3), margin: 1) == 1)
    #expect(EquivalenceTest.notWorse(PairedCounts(broken: 3), margin: 1.1) == 0)
    #expect(EquivalenceTest.notWorse(counts, margin: .infinity) == 0)
    for values in [[], [1], [1, .nan], [.infinity, 1], [1e308, -1e308]] as [[Double]] {
      #expect(PairedMean(values) == nil)
    }
  }

  @Test func `equal differences are certain on either side of the margin`() throws {
    let equal = try #require(PairedMean([-0.5, -0.5, -0.5]))
    #expect(equal.interval(confidence: 0.9) == Interval(lower: -0.5, upper: -0.5, confidence: 0.9))
    #expect(EquivalenceTest.notWorse(equal, margin: 0.4) == 1)
    #expect(EquivalenceTest.notWorse(equal, margin: 0.5) == 1)
    #expect(EquivalenceTest.notWorse(equal, margin: 0.6) == 0)
  }

  @Test func `ten million cases keep their digits`() throws {
    let mean = try #require(
      PairedMean((0..<1_000_000).lazy.map { 1e6 + Double($0 % 2) }))
    #expect(isClose(mean.variance, 0.25, relative: 1e-5))
    let counts = PairedCounts(bothRight: 9_800_000, fixed: 100_500, broken: 99_500)
    let p = try #require(EquivalenceTest.notWorse(counts, margin: 0))
    // 1,000 of 200,000 coins: z = 1000 / √200,000.
    #expect(abs(p - NormalDistribution.cumulative(-1000 / 200_000.0.squareRoot())) < 1e-5)
  }

  @Test(arguments: [0, 1, -1, 2, .nan, .infinity, -.infinity] as [Double])
  func `confidences that are none trap nowhere`(confidence: Double) throws {
    let counts = PairedCounts(bothRight: 20, fixed: 3, broken: 1)
    let mean = try #require(PairedMean([1, 2, 4]))
    _ = mean.interval(confidence: confidence)
    _ = TangoInterval.of(counts, confidence: confidence)
    _ = WilsonInterval.of(successes: 1, trials: 3, confidence: confidence)
    _ = CasePlan.cases(above: 0, seen: counts, confidence: confidence)
    _ = CasePlan.cases(above: 0, seen: mean, confidence: confidence)
    _ = DetectableDifference.of(counts, confidence: confidence)
    _ = DetectableDifference.of(mean, confidence: confidence)
    _ = Agreement([(1, 1), (1, 2)])?.kappaInterval(confidence: confidence)
    var sequence = try ConfidenceSequence()
    for _ in 0..<9 { try sequence.add(1, isCandidate: true, candidateShare: 0.5) }
    _ = sequence.interval(confidence: confidence)
    _ = sequence.decision(margin: confidence, confidence: confidence)
    #expect(PairedBootstrap().interval(of: [1, 2, 3], confidence: confidence) == nil)
  }
}
