import Foundation
import JSON
import MLOpsCore
import Testing

@testable import Evaluation

struct DistributionTests {
  @Test func `gamma and beta functions equal scipy's`() throws {
    for one in try StatisticsFixture.cases("gamma", of: "inference") {
      let found = GammaFunction.logarithm(try one.number("x"))
      #expect(abs(found - (try one.number("log"))) < 1e-13 * max(1, abs(found)), "\(one.canonical)")
    }
    // scipy itself loses digits where one argument is in the millions.
    for one in try StatisticsFixture.cases("log_beta", of: "inference") {
      let found = GammaFunction.logBeta(try one.number("a"), try one.number("b"))
      #expect(abs(found - (try one.number("log"))) < 1e-11 * max(1, abs(found)), "\(one.canonical)")
    }
    for one in try StatisticsFixture.cases("beta", of: "inference") {
      let found = IncompleteBeta.regularised(
        try one.number("x"), try one.number("a"), try one.number("b"))
      #expect(isClose(found, try one.number("p"), relative: 1e-11), "\(one.canonical) \(found)")
    }
  }

  @Test func `Student's distribution equals scipy's, in the far tail too`() throws {
    for one in try StatisticsFixture.cases("student", of: "inference") {
      let found = StudentDistribution.cumulative(
        try one.number("t"), freedom: try one.number("freedom"))
      // The reference underflows at 40 deviations; both are 0 there.
      let expected = try one.number("p")
      #expect(
        isClose(found, expected, relative: 1e-8) || max(found, expected) < 1e-250,
        "\(one.canonical) \(found)")
    }
    for one in try StatisticsFixture.cases("student_quantile", of: "inference") {
      let found = StudentDistribution.quantile(
        try one.number("p"), freedom: try one.number("freedom"))
      #expect(isClose(found, try one.number("t"), relative: 1e-9), "\(one.canonical) \(found)")
    }
  }

  @Test func `the ends of a distribution are no trap`() {
    #expect(StudentDistribution.cumulative(.nan, freedom: 3).isNaN)
    #expect(StudentDistribution.cumulative(-.infinity, freedom: 3) == 0)
    #expect(StudentDistribution.cumulative(1e200, freedom: 3) == 1)
    #expect(StudentDistribution.quantile(0, freedom: 3) == -.infinity)
    #expect(StudentDistribution.quantile(1, freedom: 3) == .infinity)
    #expect(IncompleteBeta.regularised(-1, 2, 2) == 0)
    #expect(IncompleteBeta.regularised(2, 2, 2) == 1)
  }
}

struct BinomialDrawTests {
  /// Both algorithms, both sides of one half, and more trials than cases ever are.
  @Test(arguments: [
    (7, 0.2), (40, 0.1), (40, 0.9), (100, 0.5), (1000, 0.013), (30, 0.4), (10_000_000, 0.37),
    (10_000_000, 3e-7),
  ])
  func `draws have the frequencies of the distribution`(trials: Int, p: Double) {
    var random = SplitMix64(seed: 5)
    let draws = 20_000
    var counts: [Int: Int] = [:]
    for _ in 0..<draws {
      counts[BinomialDraw.next(trials: trials, probability: p, &random), default: 0] += 1
    }
    // Equal quantiles of the distribution as bins, by its own cumulative probabilities.
    let n = Double(trials)
    func chance(_ k: Int) -> Double {
      exp(
        GammaFunction.logarithm(n + 1) - GammaFunction.logarithm(Double(k) + 1)
          - GammaFunction.logarithm(n - Double(k) + 1) + Double(k) * log(p)
          + (n - Double(k)) * log1p(-p))
    }
    let spread = max(3, Int(7 * (n * p * (1 - p)).squareRoot()))
    var bins: [(expected: Double, found: Double)] = []
    var bin = (expected: 0.0, found: 0.0)
    for k in max(0, Int(n * p) - spread)...min(trials, Int(n * p) + spread + 12) {
      bin.expected += Double(draws) * chance(k)
      bin.found += Double(counts[k] ?? 0)
      if bin.expected > Double(draws) / 20 {
        bins.append(bin)
        bin = (0, 0)
      }
    }
    bins.append(bin)
    let chiSquare = bins.reduce(0) { sum, bin in
      bin.expected < 1 ? sum : sum + pow(bin.found - bin.expected, 2) / bin.expected
    }
    // Chi-square exceeds its degrees of freedom f by 5 √(2 f) in fewer than one of 10,000 seeds.
    let freedom = Double(bins.count)
    #expect(chiSquare < freedom + 5 * (2 * freedom).squareRoot() + 3, "\(chiSquare) of \(freedom)")
    #expect(counts.keys.allSatisfy { (0...trials).contains($0) })
  }

  @Test func `certain and impossible trials need no luck`() {
    var random = SplitMix64(seed: 1)
    #expect(BinomialDraw.next(trials: 0, probability: 0.5, &random) == 0)
    #expect(BinomialDraw.next(trials: 9, probability: 0, &random) == 0)
    #expect(BinomialDraw.next(trials: 9, probability: 1, &random) == 9)
    #expect(BinomialDraw.next(trials: 9, probability: 2, &random) == 9)
    #expect(BinomialDraw.next(trials: 9, probability: .nan, &random) == 0)
  }
}
