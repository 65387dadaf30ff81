import JSON
import MLOpsCore
import Testing

@testable import Evaluation

struct PermutationTestTests {
  @Test func `few pairs equal an enumeration one by one`() throws {
    for one in try StatisticsFixture.cases("permutations", of: "inference") {
      let result = try #require(
        PermutationTest()(
          RatioStatistic(), candidate: one.numbers("candidate"), baseline: one.numbers("baseline")))
      #expect(result.isExact)
      #expect(isClose(result.larger, try one.number("larger"), relative: 1e-12))
      #expect(isClose(result.smaller, try one.number("smaller"), relative: 1e-12))
      #expect(isClose(result.twoSided, try one.number("two_sided"), relative: 1e-12))
    }
  }

  /// Of right and wrong only the differing cases matter, each a coin: that is McNemar's test.
  @Test(arguments: [(0, 0), (3, 1), (1, 9), (40, 2), (7, 7), (3000, 3200)])
  func `of right and wrong it is McNemar's test`(fixed: Int, broken: Int) throws {
    let candidate = [Double](repeating: 1, count: fixed) + [Double](repeating: 0, count: broken)
    let same = [1.0, 1, 0]
    let result = try #require(
      PermutationTest()(
        MeanStatistic(), candidate: meanRows(candidate + same),
        baseline: meanRows(candidate.map { 1 - $0 } + same)))
    #expect(result.isExact)
    #expect(
      isClose(
        result.twoSided, McNemarTest.twoSided(fixed: fixed, broken: broken), relative: 1e-9))
    #expect(
      isClose(result.larger, McNemarTest.better(fixed: fixed, broken: broken), relative: 1e-9))
    #expect(
      isClose(result.smaller, McNemarTest.worse(fixed: fixed, broken: broken), relative: 1e-9))
  }

  /// The exact test of the same pairs is the reference; seven different gaps, two of them frequent,
  /// are too many ways for the other path only by its limit.
  @Test func `drawn swaps agree with all swaps`() throws {
    var candidate: [Double] = []
    var baseline: [Double] = []
    for (gap, count) in [(0.5, 21), (-1, 25), (2, 20), (0.25, 3)] {
      for index in 0..<count {
        candidate.append(Double(index) / 8 + gap)
        baseline.append(Double(index) / 8)
      }
    }
    let exact = try #require(
      PermutationTest()(
        MeanStatistic(), candidate: meanRows(candidate), baseline: meanRows(baseline)))
    #expect(exact.isExact)
    let pairs = PermutedPairs(
      candidate: meanRows(candidate), baseline: meanRows(baseline), width: 2)
    let draws = 8000
    let sums = DrawnSwaps(pairs.gaps).sums(seed: 3, draws: draws)
    let seen =
      MeanStatistic().value(of: meanRows(candidate)) - MeanStatistic().value(of: meanRows(baseline))
    let larger = stride(from: 0, to: sums.count, by: 2).count {
      pairs.difference(MeanStatistic(), given: sums[$0..<$0 + 2]) >= seen - 1e-9
    }
    let error = (exact.larger * (1 - exact.larger) / Double(draws)).squareRoot()
    #expect(abs(Double(larger) / Double(draws) - exact.larger) < 4 * error)
    #expect(exact.larger > 0.001 && exact.larger < 0.5)
  }

  /// The sum of coins' gaps has half the total as mean and a quarter of the squares as variance.
  @Test(arguments: [1, 2, 5, 11]) func `each gap is given by a fair coin`(width: Int) {
    var random = SplitMix64(seed: 17)
    var rows = (0..<203 * width).map { _ in random.unit() }
    // And one gap that occurs so often that it is drawn by number.
    for _ in 0..<300 { rows += (0..<width).map { Double($0) + 0.125 } }
    let draws = 3000
    let sums = DrawnSwaps(DistinctRows(rows, width: width)).sums(seed: 2, draws: draws)
    for column in 0..<width {
      let gaps = stride(from: column, to: rows.count, by: width).map { rows[$0] }
      let drawn = stride(from: column, to: sums.count, by: width).map { sums[$0] }
      let mean = drawn.reduce(0, +) / Double(draws)
      let variance = drawn.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(draws)
      let expected = gaps.reduce(0) { $0 + $1 * $1 } / 4
      #expect(
        abs(mean - gaps.reduce(0, +) / 2) < 4 * (expected / Double(draws)).squareRoot())
      #expect(abs(variance / expected - 1) < 4 * (2 / Double(draws)).squareRoot())
    }
  }

  @Test func `drawn p-values are fair under equality, and never 0`() throws {
    var random = SplitMix64(seed: 23)
    var small = 0
    for seed in 0..<300 as Range<UInt64> {
      let candidate = (0..<30).map { _ in random.unit() }
      let baseline = (0..<30).map { _ in random.unit() }
      let result = try #require(
        PermutationTest(draws: 199, seed: seed)(
          MeanStatistic(), candidate: meanRows(candidate), baseline: meanRows(baseline)))
      #expect(!result.isExact)
      if result.twoSided <= 0.1 { small += 1 }
    }
    // 30 expected, with a deviation of 5.
    #expect((12...50).contains(small), "\(small)")
    let worse = try #require(
      PermutationTest(draws: 199)(
        MeanStatistic(), candidate: meanRows((0..<40).map { Double($0 % 19) / 100 }),
        baseline: meanRows((0..<40).map { 5 + Double($0) * 1.37 })))
    #expect(worse.twoSided == 1.0 / 200 && worse.smaller == 1.0 / 200 && worse.larger == 1)
  }

  @Test func `a cluster is swapped as a whole`() throws {
    // Twelve fixed cases of one passage are one coin, not twelve.
    let candidate = meanRows([Double](repeating: 1, count: 12))
    let baseline = meanRows([Double](repeating: 0, count: 12))
    let apart = try #require(
      PermutationTest()(MeanStatistic(), candidate: candidate, baseline: baseline))
    #expect(isClose(apart.twoSided, 2.0 / 4096, relative: 1e-12))
    let together = try #require(
      PermutationTest()(
        MeanStatistic(), candidate: candidate, baseline: baseline,
        clusters: [Int](repeating: 3, count: 12)))
    #expect(together.twoSided == 1)
  }

  @Test func `what cannot be measured is nil, and what is equal is certain`() throws {
    let test = PermutationTest()
    func result(_ candidate: [Double], _ baseline: [Double], clusters: [Int]? = nil)
      -> PermutationTest.Result?
    {
      test(RatioStatistic(), candidate: candidate, baseline: baseline, clusters: clusters)
    }
    #expect(result([], []) == nil)
    #expect(result([1, 2], [1]) == nil)
    #expect(result([1], [1]) == nil)
    #expect(result([1, .nan], [1, 2]) == nil)
    #expect(result([1, 2], [.infinity, 2]) == nil)
    #expect(result([1, 0], [1, 2]) == nil, "the candidate's value is infinite")
    #expect(result([1, 2], [2, 3], clusters: []) == nil)
    let equal = try #require(result([1, 2, 3, 4], [1, 2, 3, 4]))
    #expect(equal.twoSided == 1 && equal.larger == 1 && equal.smaller == 1 && equal.isExact)
    // A swap that leaves one side without anything to divide by counts as extreme.
    let odd = try #require(result([1, 2, 0, 0], [0, 0, 1, 4]))
    #expect(odd.twoSided == 1)
  }
}
