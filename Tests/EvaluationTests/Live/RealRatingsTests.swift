import Foundation
import MLOpsCore
import Testing

@testable import Evaluation

/// Tests of nothing on what people really said: a release compared with itself, looked at daily.
///
/// `MLOPS_LIVE_TESTS` sets how many tests (200 else; 2000 take some minutes); `MLOPS_LIVE_STARS` names a
/// table of id, thing, date, stars of 1 to 10 and text, for the same on other ratings.
@Suite(.timeLimit(.minutes(30))) struct RealRatingsTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let tests =
    environment["MLOPS_LIVE_TESTS"].flatMap(Int.init).map { max(1, $0) } ?? 200
  private static let stars = environment["MLOPS_LIVE_STARS"]

  /// How many of the tests ever found a difference.
  private func found(_ ratings: RealRatings, _ tests: Int) -> Int {
    ResampleLoop(draws: tests, batch: 4).results { range in
      range.map { test -> Bool in
        let plan = LiveFixture.plan(id: "aa-\(test)")
        let comparison = try? LiveComparison(plan, outcomes: ratings.outcomes(plan))
        return comparison?.decision != .goOn
      }
    }.count { $0 }
  }

  @Test("at nominal 5 % under 5 % of the tests of equal releases find a difference")
  func equal() throws {
    let ratings = try RealRatings.sample(byDay: true)
    #expect(ratings.ratings.count > 1000 && ratings.subjectCount > 500)
    let found = found(ratings, Self.tests)
    #expect(Double(found) < 0.05 * Double(Self.tests), "\(found) of \(Self.tests)")
  }

  @Test("twelve raters, many of whose thumbs come on later days, are too few to find anything")
  func raters() throws {
    let ratings = try RealRatings.sample(byDay: false)
    #expect(ratings.subjectCount < 20)
    #expect(found(ratings, 40) == 0)
  }

  @Test("a harm that takes 7 of 10 thumbs up is found, and not by one test only")
  func harm() throws {
    let ratings = try RealRatings.sample(byDay: true)
    let tests = 20
    let worse = try (0..<tests).filter { test in
      let plan = LiveFixture.plan(id: "harm-\(test)")
      return try LiveComparison(plan, outcomes: ratings.outcomes(plan, harm: 0.7)).decision
        == .worse
    }
    #expect(worse.count > tests * 8 / 10, "\(worse.count)")
  }

  @Test(
    "the same on stars",
    .enabled(if: stars != nil, "MLOPS_LIVE_STARS names no table of ratings"))
  func otherRatings() throws {
    let ratings = try RealRatings.stars(try #require(Self.stars))
    #expect(ratings.ratings.count > 1000)
    let tests = min(Self.tests, 40)
    let found = found(ratings, tests)
    #expect(found <= max(2, tests / 20), "\(found) of \(tests)")
    let plan = LiveFixture.plan(id: "harm")
    #expect(
      try LiveComparison(plan, outcomes: ratings.outcomes(plan, harm: 0.2)).decision == .worse)
  }
}
