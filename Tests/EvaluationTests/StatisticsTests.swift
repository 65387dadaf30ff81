import MLOpsCore
import Foundation
import JSON
import Testing

@testable import Evaluation

/// The reference numbers that Fixtures/statistics.py and Fixtures/inference.py wrote.
enum StatisticsFixture {
  static func cases(_ name: String, of script: String = "statistics") throws -> [JSONValue] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/\(script).json")
    let json = try JSONValue(parsing: Array(Data(contentsOf: file)))
    let cases = try #require(json[name]?.array)
    try #require(!cases.isEmpty)
    return cases
  }
}

extension JSONValue {
  func number(_ key: String) throws -> Double { try #require(self[key]?.double) }
  func count(_ key: String) throws -> Int { try #require(self[key]?.int) }
  func numbers(_ key: String) throws -> [Double] {
    try #require(self[key]?.array).map { try #require($0.double) }
  }
}

func isClose(_ left: Double, _ right: Double, relative: Double) -> Bool {
  abs(left - right) <= relative * max(abs(left), abs(right)) || left == right
}

struct StatisticsTests {
  // scipy's own accuracy in the far tail is about 1e-12.
  @Test func `normal quantiles equal scipy's`() throws {
    for one in try StatisticsFixture.cases("normal") {
      let z = NormalDistribution.quantile(try one.number("p"))
      #expect(abs(z - (try one.number("z"))) < 1e-7, "\(one.canonical)")
    }
  }

  @Test func `Wilson intervals equal scipy's`() throws {
    for one in try StatisticsFixture.cases("wilson") {
      let interval = WilsonInterval.of(
        successes: try one.count("successes"), trials: try one.count("trials"),
        confidence: try one.number("confidence"))
      let expected = try one.numbers("interval")
      #expect(abs(interval.lower - expected[0]) < 1e-9, "\(one.canonical)")
      #expect(abs(interval.upper - expected[1]) < 1e-9, "\(one.canonical)")
    }
  }

  // 100,500 logarithms are summed: 1e-9 leaves them room.
  @Test func `McNemar's exact test equals scipy's binomial test`() throws {
    for one in try StatisticsFixture.cases("mcnemar") {
      let fixed = try one.count("fixed")
      let broken = try one.count("broken")
      #expect(
        isClose(
          McNemarTest.twoSided(fixed: fixed, broken: broken), try one.number("two_sided"),
          relative: 1e-9), "\(one.canonical)")
      #expect(
        isClose(
          McNemarTest.worse(fixed: fixed, broken: broken), try one.number("worse"), relative: 1e-9),
        "\(one.canonical)")
      #expect(
        isClose(
          McNemarTest.better(fixed: fixed, broken: broken), try one.number("better"),
          relative: 1e-9), "\(one.canonical)")
    }
  }

  // The reference maximises a likelihood numerically, which is good to about 1e-8.
  @Test func `score intervals equal those of a numerically maximised likelihood`() throws {
    for one in try StatisticsFixture.cases("tango") {
      let interval = TangoInterval.of(
        fixed: try one.number("fixed"), broken: try one.number("broken"),
        total: try one.number("total"), confidence: try one.number("confidence"))
      let expected = try one.numbers("interval")
      #expect(abs(interval.lower - expected[0]) < 1e-6, "\(one.canonical)")
      #expect(abs(interval.upper - expected[1]) < 1e-6, "\(one.canonical)")
    }
  }

  @Test func `Holm's correction equals closed testing`() throws {
    for one in try StatisticsFixture.cases("holm") {
      let adjusted = HolmCorrection.adjusted(try one.numbers("p"))
      for (found, expected) in zip(adjusted, try one.numbers("adjusted")) {
        #expect(abs(found - expected) < 1e-12, "\(one.canonical)")
      }
    }
  }

  // Both sides resample; with 20,000 resamples an end strays by about 2 % of the interval's width. Means of
  // whole numbers lie on a grid, and an end may fall on the next point of it.
  @Test func `bootstrap intervals agree with scipy's BCa`() throws {
    for one in try StatisticsFixture.cases("bca") {
      let differences = try one.numbers("differences")
      let interval = try #require(
        PairedBootstrap(resamples: 20_000, seed: 1).interval(
          of: differences, confidence: try one.number("confidence")))
      let expected = try one.numbers("interval")
      let isWhole = differences.allSatisfy { $0 == $0.rounded() }
      let step = isWhole ? 1.001 / Double(differences.count) : 0
      let tolerance = max(0.04 * (expected[1] - expected[0]), step)
      #expect(abs(interval.lower - expected[0]) < tolerance, "\(interval) \(expected)")
      #expect(abs(interval.upper - expected[1]) < tolerance, "\(interval) \(expected)")
    }
  }
}

struct StatisticsLawTests {
  @Test(arguments: [(0, 0), (3, 1), (1, 9), (40, 2), (7, 7)])
  func `exchanging the sides mirrors every figure`(fixed: Int, broken: Int) {
    let counts = PairedCounts(bothRight: 30, fixed: fixed, broken: broken, bothWrong: 20)
    let there = TangoInterval.of(counts, confidence: 0.9)
    let back = TangoInterval.of(counts.swapped, confidence: 0.9)
    #expect(counts.difference == -counts.swapped.difference)
    #expect(there.lower == -back.upper && there.upper == -back.lower)
    #expect(
      McNemarTest.twoSided(fixed: fixed, broken: broken)
        == McNemarTest.twoSided(fixed: broken, broken: fixed))
    #expect(
      McNemarTest.worse(fixed: fixed, broken: broken)
        == McNemarTest.better(fixed: broken, broken: fixed))
  }

  @Test func `without differing cases p is 1 and the interval still has a width`() {
    #expect(McNemarTest.twoSided(fixed: 0, broken: 0) == 1)
    #expect(McNemarTest.worse(fixed: 0, broken: 0) == 1)
    let few = TangoInterval.of(PairedCounts(bothRight: 50), confidence: 0.9)
    let many = TangoInterval.of(PairedCounts(bothRight: 5000), confidence: 0.9)
    #expect(few.lower < -0.04 && few.upper > 0.04)
    #expect(many.lower > -0.001)
  }

  @Test func `the more cases differ in one direction, the smaller p`() {
    let values = (0...60).map { McNemarTest.twoSided(fixed: $0, broken: 0) }
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(values[60] < 1e-15)
  }

  @Test func `higher confidence gives a wider interval around the same estimate`() {
    let counts = PairedCounts(bothRight: 80, fixed: 12, broken: 5, bothWrong: 3)
    let narrow = TangoInterval.of(counts, confidence: 0.8)
    let wide = TangoInterval.of(counts, confidence: 0.99)
    #expect(wide.lower < narrow.lower && narrow.upper < wide.upper)
    #expect(narrow.lower < counts.difference && counts.difference < narrow.upper)
  }

  @Test func `the bootstrap is the same for a seed, and refuses what is no number`() {
    let differences: [Double] = [1, 0, 0, -1, 0, 1, 1, 0, 0, 0]
    let one = PairedBootstrap(resamples: 500, seed: 7).interval(of: differences, confidence: 0.9)
    let two = PairedBootstrap(resamples: 500, seed: 7).interval(of: differences, confidence: 0.9)
    #expect(one == two && one != nil)
    #expect(PairedBootstrap().interval(of: [], confidence: 0.9) == nil)
    #expect(PairedBootstrap().interval(of: [0, .nan], confidence: 0.9) == nil)
    #expect(
      PairedBootstrap().interval(of: [0, 0], confidence: 0.9)
        == Interval(lower: 0, upper: 0, confidence: 0.9))
  }

  /// The promise of a score interval, checked by simulation: at most about 5 % of each end errs.
  @Test func `the interval holds its confidence where cases rarely differ`() {
    var random = SplitMix64(seed: 11)
    var misses = 0
    let trials = 2_000
    for _ in 0..<trials {
      var counts = PairedCounts()
      for _ in 0..<100 {
        switch random.next(below: 100) {
        case 0: counts.fixed += 1
        case 1...2: counts.broken += 1
        default: counts.bothRight += 1
        }
      }
      let interval = TangoInterval.of(counts, confidence: 0.9)
      if interval.upper < -0.01 || interval.lower > -0.01 { misses += 1 }
    }
    // 10 % are allowed; the binomial noise of 2,000 trials is 0.7 %.
    #expect(misses < trials * 12 / 100)
  }

  @Test func `as many cases as the plan asks for decide`() throws {
    let seen = PairedCounts(bothRight: 90, fixed: 5, broken: 4, bothWrong: 1)
    let needed = try #require(CasePlan.cases(above: -0.03, seen: seen, confidence: 0.9))
    #expect(needed > seen.total)
    func lower(_ n: Int) -> Double {
      TangoInterval.of(
        fixed: 0.05 * Double(n), broken: 0.04 * Double(n), total: Double(n), confidence: 0.9
      ).lower
    }
    #expect(lower(needed) >= -0.03)
    #expect(CasePlan.cases(above: 0.02, seen: seen, confidence: 0.9) == nil)
    let equal = PairedCounts(bothRight: 100)
    let forEqual = try #require(CasePlan.cases(above: -0.01, seen: equal, confidence: 0.9))
    #expect((260...280).contains(forEqual))
  }
}
