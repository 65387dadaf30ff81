import JSON
import Testing

@testable import Evaluation

struct AgreementTests {
  @Test func `kappa and its error equal statsmodels'`() throws {
    for one in try StatisticsFixture.cases("kappas", of: "inference") {
      let first = try one.numbers("first")
      let second = try one.numbers("second")
      let agreement = try #require(Agreement(zip(first, second)))
      #expect(agreement.cases == first.count)
      #expect(agreement.agreeing == zip(first, second).count { $0 == $1 })
      #expect(abs(try #require(agreement.kappa) - (try one.number("kappa"))) < 1e-12)
      #expect(abs(try #require(agreement.kappaError) - (try one.number("error"))) < 1e-9)
    }
    for one in try StatisticsFixture.cases("fleiss", of: "inference") {
      let ratings = try #require(one["ratings"]?.array).map { $0.array?.compactMap(\.int) ?? [] }
      let agreement = try #require(ManyAgreement(ratings))
      #expect(abs(try #require(agreement.kappa) - (try one.number("kappa"))) < 1e-12)
      #expect(agreement.unanimous == ratings.count { Set($0).count == 1 })
    }
  }

  @Test func `full agreement is one, chance is nought, contradiction is below`() throws {
    let labels = ["a", "b", "c", "a", "b"]
    let full = try #require(Agreement(zip(labels, labels)))
    #expect(full.kappa == 1 && full.share == 1 && full.kappaError == 0)
    #expect(full.kappaInterval(confidence: 0.9) == Interval(lower: 1, upper: 1, confidence: 0.9))
    let chance = try #require(Agreement(zip([1, 1, 2, 2], [1, 2, 1, 2])))
    #expect(chance.kappa == 0 && chance.share == 0.5)
    let never = try #require(Agreement(zip([1, 2, 1, 2], [2, 1, 2, 1])))
    #expect(never.kappa == -1 && never.agreeing == 0)
    #expect(never.interval(confidence: 0.9).lower == 0)
  }

  @Test func `one judgement for all says nothing, and no cases are none`() throws {
    let always = try #require(Agreement(zip([1, 1, 1], [1, 1, 1])))
    #expect(always.share == 1 && always.kappa == nil)
    #expect(always.kappaInterval(confidence: 0.9) == nil)
    // One that never differs beside one that does: no better than chance.
    #expect(Agreement(zip([1, 1, 1], [1, 1, 2]))?.kappa == 0)
    #expect(Agreement([(Int, Int)]()) == nil)
    #expect(ManyAgreement([[Int]]()) == nil)
    #expect(ManyAgreement([[1], [2]]) == nil)
    #expect(ManyAgreement([[1, 2], [2]]) == nil)
    #expect(ManyAgreement([[1, 1], [1, 1]])?.kappa == nil)
    #expect(ManyAgreement([[1, 1], [1, 1]])?.share == 1)
  }

  @Test func `a judge that prefers what it reads first is found out`() throws {
    typealias Verdict = (
      candidateFirst: OrderConsistency.Preference, baselineFirst: OrderConsistency.Preference
    )
    var verdicts = [Verdict](repeating: (.candidate, .candidate), count: 20)
    verdicts += [Verdict](repeating: (.baseline, .baseline), count: 15)
    verdicts += [Verdict](repeating: (.candidate, .baseline), count: 18)
    verdicts += [Verdict](repeating: (.baseline, .candidate), count: 2)
    verdicts += [Verdict](repeating: (.tie, .candidate), count: 5)
    let found = try #require(OrderConsistency(verdicts))
    #expect(found.agreement.agreeing == 35 && found.agreement.cases == 60)
    #expect(found.firstTwice == 18 && found.secondTwice == 2)
    #expect(isClose(found.positionBias, 2 * 211.0 / 1_048_576, relative: 1e-9))
    let fair = try #require(OrderConsistency(verdicts.map { ($0.0, $0.0) }))
    #expect(fair.positionBias == 1 && fair.agreement.share == 1)
    #expect(OrderConsistency([]) == nil)
  }
}
