import Testing

@testable import Evaluation

/// The bars of a bootstrap's differences.
struct ResampledDifferencesTests {
  private let bootstrap = PairedBootstrap(resamples: 1000, seed: 3)

  /// Rows of a mean: a value and a one for each case.
  private func rows(_ values: [Double]) -> [Double] { values.flatMap { [$0, 1] } }

  @Test func `every resample is in a bar, and so is the interval`() throws {
    let before = (0..<50).map { Double($0 % 7) }
    let after = (0..<50).map { Double($0 % 5) }
    let found = try #require(
      bootstrap.differences(
        of: MeanStatistic(), candidate: rows(after), baseline: rows(before)))
    #expect(found.counts.reduce(0, +) == 1000 && found.counts.count <= 48)
    let interval = try #require(
      bootstrap.interval(
        of: MeanStatistic(), candidate: rows(after), baseline: rows(before), confidence: 0.9))
    #expect(found.lower <= interval.lower && interval.upper <= found.upper)
    // Some nine in ten resamples lie in the interval, give or take the bars at its ends.
    let inside = found.counts.indices.filter {
      let middle = found.lower + (Double($0) + 0.5) * found.width
      return middle > interval.lower && middle < interval.upper
    }.reduce(0) { $0 + found.counts[$1] }
    #expect((820...960).contains(inside), "\(inside)")
  }

  @Test func `bars of right and wrong hold equally many possible values`() throws {
    let cases = 400
    let after = (0..<cases).map { $0 % 3 == 0 ? 1.0 : 0 }
    let before = (0..<cases).map { $0 % 4 == 0 ? 1.0 : 0 }
    let found = try #require(
      bootstrap.differences(
        of: MeanStatistic(), candidate: rows(after), baseline: rows(before),
        step: 1 / Double(cases)))
    let steps = found.width * Double(cases)
    #expect(abs(steps - steps.rounded()) < 1e-9 && steps >= 1)
    #expect(found.counts.reduce(0, +) == 1000 && found.counts.count <= 48)
    // A comb would have empty bars in its middle.
    #expect(found.counts.dropFirst(8).dropLast(8).allSatisfy { $0 > 0 }, "\(found.counts)")
  }

  @Test func `equal differences are one bar, and none is none`() throws {
    let same = try #require(
      bootstrap.differences(
        of: MeanStatistic(), candidate: rows([1, 1, 1]), baseline: rows([0, 0, 0])))
    #expect(same.counts == [1000] && same.lower < 1 && same.upper > 1)
    #expect(ResampledDifferences([]) == nil)
    #expect(
      bootstrap.differences(
        of: MeanStatistic(), candidate: rows([.nan, 1]), baseline: rows([0, 0])) == nil)
    for values in [
      [0, Double.leastNonzeroMagnitude], [-.greatestFiniteMagnitude, .greatestFiniteMagnitude],
      [1, 1 + 1e-15],
    ] {
      #expect(ResampledDifferences(values)?.counts.reduce(0, +) == 2, "\(values)")
    }
  }
}
