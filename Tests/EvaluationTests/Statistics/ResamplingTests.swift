import JSON
import MLOpsCore
import Testing

@testable import Evaluation

/// A share of sums, such as F1 over all cases: no mean over cases.
struct RatioStatistic: SummedStatistic {
  var width: Int { 2 }
  func value(ofSums sums: UnsafeBufferPointer<Double>) -> Double { sums[0] / sums[1] }
}

/// The rows of a mean.
func meanRows(_ values: [Double]) -> [Double] {
  values.flatMap { (value: Double) -> [Double] in [value, 1] }
}

struct ResamplingTests {
  /// The law of a resample's sums: n times the mean, and n times the variance, of the cases.
  @Test(arguments: [(300, 1), (300, 3), (5000, 1), (77, 9)])
  func `sums of resamples have the mean and the spread that they must have`(
    cases: Int, width: Int
  ) {
    var random = SplitMix64(seed: 3)
    let rows = (0..<cases * width).map { _ in (random.unit() * 100_000).rounded() / 10 }
    let draws = cases > 1000 ? 300 : 2000
    let sums = ResamplingUrns(DistinctRows(rows, width: width)).sums(seed: 9, draws: draws)
    #expect(sums.count == draws * width)
    for column in 0..<width {
      let numbers = stride(from: column, to: rows.count, by: width).map { rows[$0] }
      let drawn = stride(from: column, to: sums.count, by: width).map { sums[$0] }
      check(drawn, numbers)
    }
  }

  @Test func `equal rows are drawn as often as others`() {
    var rows = [Double](repeating: -1, count: 400)
    rows += [Double](repeating: 1, count: 35)
    rows += [Double](repeating: 0, count: 900)
    rows += (0..<50).map { 3 + Double($0) / 7 }
    check(ResamplingUrns(DistinctRows(rows, width: 1)).sums(seed: 4, draws: 3000), rows)
  }

  private func check(_ drawn: [Double], _ cases: [Double]) {
    let n = Double(cases.count)
    let m = Double(drawn.count)
    let mean = cases.reduce(0, +) / n
    let variance = cases.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    let found = drawn.reduce(0, +) / m
    let spread = drawn.reduce(0) { $0 + ($1 - found) * ($1 - found) } / m
    // Four standard errors each.
    #expect(abs(found - n * mean) < 4 * (n * variance / m).squareRoot())
    #expect(abs(spread / (n * variance) - 1) < 4 * (2 / m).squareRoot())
  }

  @Test func `all columns of a wide row are drawn together`() {
    // Columns of one case are multiples of the first, and so must the sums be.
    var rows: [Double] = []
    for row in 0..<40 { rows += (1...19).map { Double(row * row) * Double($0) } }
    let sums = ResamplingUrns(DistinctRows(rows, width: 19)).sums(seed: 1, draws: 50)
    for start in stride(from: 0, to: sums.count, by: 19) {
      for column in 0..<19 {
        #expect(sums[start + column] == sums[start] * Double(column + 1))
      }
    }
    #expect(Set(stride(from: 0, to: sums.count, by: 19).map { sums[$0] }).count > 40)
  }

  @Test(arguments: [1, 2, 7]) func `threads change nothing`(threads: Int) {
    func draws(_ threads: Int) -> [UInt64] {
      ResampleLoop(draws: 100, batch: 3, threads: threads).results { range in
        range.map {
          var random = ResampleLoop.stream(seed: 8, draw: $0)
          return random.next()
        }
      }
    }
    #expect(draws(threads) == draws(3))
    #expect(Set(draws(threads)).count == 100)
  }

  @Test func `columns that say nothing new are left out`() {
    let rows: [Double] = [1, 5, 2, 5, 7, 1, 6, 2, 6, 7, 1, 4, 2, 4, 7]
    let columns = VaryingColumns(rows, of: 5)
    #expect(columns.width == 1 && columns.rows == [5, 6, 4])
    let sums = [15.0].withUnsafeBufferPointer {
      columns.value(AllSums(), ofSums: $0, cases: 3)
    }
    let expected: Double = 21_15_06_15_03
    #expect(sums == expected)
  }

  private struct AllSums: SummedStatistic {
    var width: Int { 5 }
    func value(ofSums sums: UnsafeBufferPointer<Double>) -> Double {
      sums.reversed().reduce(0) { $0 * 100 + $1 }
    }
  }
}

struct PairedBootstrapTests {
  // Both sides resample; with 10,000 resamples an end strays by about 3 % of the interval's width.
  @Test func `intervals of a ratio, with clusters too, agree with scipy's BCa`() throws {
    for one in try StatisticsFixture.cases("bootstraps", of: "inference") {
      let clusters = one["clusters"]?.array?.compactMap(\.int)
      let expected = try one.numbers("interval")
      let interval = try #require(
        PairedBootstrap(seed: 2).interval(
          of: RatioStatistic(), candidate: one.numbers("candidate"),
          baseline: one.numbers("baseline"), clusters: clusters,
          confidence: one.number("confidence")))
      let tolerance = 0.05 * (expected[1] - expected[0])
      #expect(abs(interval.lower - expected[0]) < tolerance, "\(interval) \(expected)")
      #expect(abs(interval.upper - expected[1]) < tolerance, "\(interval) \(expected)")
      guard clusters != nil else { continue }
      let apart = try #require(
        PairedBootstrap(seed: 2).interval(
          of: RatioStatistic(), candidate: one.numbers("candidate"),
          baseline: one.numbers("baseline"), confidence: one.number("confidence")))
      #expect(apart != interval)
    }
  }

  /// Efron and Tibshirani (1993), equation 14.10, computed with scipy's normal distribution.
  @Test(
    arguments: [(0, 0.015716, 0.872472), (0.1, 0.032249, 0.913572)] as [(Double, Double, Double)])
  func `ends are shifted for bias and skewness`(acceleration: Double, lower: Double, upper: Double)
  {
    // Shares are the values themselves; two fifths of them lie below what was observed.
    let values = (0...10_000).reversed().map { Double($0) / 10_000 }
    let interval = AcceleratedInterval.of(
      values, observed: 0.4, acceleration: acceleration, confidence: 0.9)
    #expect(abs(interval.lower - lower) < 1e-4, "\(interval)")
    #expect(abs(interval.upper - upper) < 1e-4, "\(interval)")
    // All on one side say nothing about the bias.
    let outside = AcceleratedInterval.of(
      values, observed: 7, acceleration: acceleration, confidence: 0.9)
    #expect(abs(outside.lower - 0.05) < 1e-9 && abs(outside.upper - 0.95) < 1e-9)
  }

  @Test func `the order of the cases changes nothing`() throws {
    var random = SplitMix64(seed: 6)
    let rows = (0..<150).map { _ in (random.unit(), random.unit()) }
    func interval(_ order: [Int]) -> Interval? {
      PairedBootstrap(resamples: 300, seed: 5).interval(
        of: MeanStatistic(), candidate: meanRows(order.map { rows[$0].0 }),
        baseline: meanRows(order.map { rows[$0].1 }), confidence: 0.9)
    }
    let straight = try #require(interval(Array(0..<150)))
    #expect(interval(random.permutation(150)) == straight)
    let differences = rows.map { $0.0 - $0.1 }
    let direct = try #require(
      PairedBootstrap(resamples: 300, seed: 5).interval(of: differences, confidence: 0.9))
    #expect(abs(direct.lower - straight.lower) < 0.1 * (straight.upper - straight.lower))
  }

  @Test func `a seed gives one interval, another seed another`() {
    let rows = (0..<60).map { Double($0 * $0 % 17) + 0.5 }
    func interval(_ seed: UInt64) -> Interval? {
      PairedBootstrap(resamples: 200, seed: seed).interval(of: rows, confidence: 0.9)
    }
    #expect(interval(1) == interval(1) && interval(1) != interval(2))
  }

  @Test func `what cannot be measured is nil`() {
    let bootstrap = PairedBootstrap(resamples: 100)
    func interval(_ rows: [Double], clusters: [Int]? = nil, confidence: Double = 0.9) -> Interval? {
      bootstrap.interval(
        of: RatioStatistic(), rows: rows, clusters: clusters, confidence: confidence)
    }
    #expect(interval([]) == nil)
    #expect(interval([1, 2]) == nil, "one case has no spread")
    #expect(interval([1, 2, 3]) == nil, "half a row")
    #expect(interval([1, .infinity, 1, 2]) == nil)
    #expect(interval([1, 2, 1, .nan]) == nil)
    #expect(interval([1, 2, 2, 3], clusters: [1]) == nil)
    #expect(interval([1, 2, 2, 3], clusters: [4, 4]) == nil, "one cluster has no spread")
    #expect(interval([1, 2, 2, 3], clusters: [4, 5]) != nil)
    for confidence in [0, 1, -1, 2, .nan] {
      #expect(interval([1, 2, 2, 3], confidence: confidence) == nil)
    }
    #expect(interval([0, 0, 0, 0]) == nil, "undefined for the cases")
    #expect(interval([0, 0, 0, 0, 1, 1]) == nil, "undefined for three tenths of the resamples")
    #expect(interval([1e308, 1, 1e308, 2]) == nil, "the sum is beyond numbers")
    #expect(
      bootstrap.interval(
        of: RatioStatistic(), candidate: [1, 2, 3, 4], baseline: [1, 2], confidence: 0.9) == nil)
    #expect(interval([1, 2, 1, 2]) == Interval(lower: 0.5, upper: 0.5, confidence: 0.9))
  }

  @Test func `a statistic that seldom is undefined stands on the other resamples`() throws {
    // One in four cases has something to find: (3/4)^24, one resample in a thousand, has nothing.
    let rows = (0..<24).flatMap { (row: Int) -> [Double] in
      row % 4 == 0 ? [1 + Double(row % 8), 9] : [0, 0]
    }
    let interval = try #require(
      PairedBootstrap(resamples: 2000).interval(
        of: RatioStatistic(), rows: rows, confidence: 0.9))
    #expect(interval.lower > 0 && interval.lower < interval.upper)
  }

  @Test func `half a million equal answers take no half a million draws`() throws {
    var differences = [Double](repeating: 0, count: 400_000)
    differences += [Double](repeating: 1, count: 60_000)
    differences += [Double](repeating: -1, count: 40_000)
    let interval = try #require(
      PairedBootstrap(resamples: 2000).interval(of: differences, confidence: 0.9))
    // The normal interval, which so many cases reach: 0.04 ± 1.645 √(0.2 − 0.04²) / √500,000.
    #expect(abs(interval.lower - (0.04 - 0.001036)) < 5e-5, "\(interval)")
    #expect(abs(interval.upper - (0.04 + 0.001036)) < 5e-5, "\(interval)")
  }
}
