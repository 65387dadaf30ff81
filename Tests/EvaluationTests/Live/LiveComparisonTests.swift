import Foundation
import JSON
import MLOpsCore
import Testing

@testable import Evaluation

/// Looks, the rule that stops, and what they depend on.
struct LiveComparisonTests {
  private typealias Fixture = LiveFixture

  @Test("without outcomes everything is possible and nothing is decided")
  func empty() throws {
    let comparison = try LiveComparison(Fixture.plan(), outcomes: [])
    #expect(comparison.decision == .goOn && comparison.looks.isEmpty && comparison.more == nil)
    #expect(comparison.interval.lower == -1 && comparison.interval.upper == 1)
    #expect(comparison.pValue == 1 && !comparison.isUneven && comparison.isConsistent)
    #expect(comparison.json["difference"] == .null)
  }

  @Test("one look a day, each with every subject until then once")
  func days() throws {
    let comparison = try LiveComparison(
      Fixture.plan(),
      outcomes: [
        Fixture.outcome("a", .candidate, 1, day: 0.2), Fixture.outcome("b", .baseline, 0, day: 0.9),
        Fixture.outcome("a", .candidate, 0, day: 1.5), Fixture.outcome("c", .baseline, 1, day: 1.5),
        Fixture.outcome("d", .candidate, 1, day: 3), Fixture.outcome("d", .baseline, 1, day: 3.5),
      ])
    #expect(comparison.looks.map(\.day) == ["2026-01-01", "2026-01-02", "2026-01-04"])
    #expect(comparison.looks.map(\.candidate.subjects) == [1, 1, 1])
    #expect(comparison.looks.map(\.candidate.mean) == [1, 0.5, 0.5])
    #expect(comparison.looks.map(\.baseline.subjects) == [1, 2, 2])
    #expect(comparison.mixed == 1 && comparison.outcomes == 6)
  }

  @Test("the direction decides what is harm", arguments: LivePlan.Direction.allCases)
  func direction(_ direction: LivePlan.Direction) throws {
    let comparison = try LiveComparison(
      Fixture.plan(direction: direction),
      outcomes: Fixture.traffic(400, day: 0, candidate: 0.2, baseline: 0.8))
    #expect(comparison.decision == (direction == .higher ? .worse : .better))
    #expect(comparison.interval.upper < 0 && comparison.pValue < 0.05)
    #expect((comparison.looks.last?.difference ?? 0) < -0.3 && comparison.more == nil)
  }

  @Test("the margin and the range are in the unit of the outcomes")
  func margin() throws {
    var outcomes = Fixture.traffic(4000, day: 0, candidate: 50, baseline: 50)
    outcomes += Fixture.traffic(4000, day: 1, candidate: 50.01, baseline: 50)
    let plan = Fixture.plan(margin: 1, least: 0, most: 100)
    let comparison = try LiveComparison(plan, outcomes: outcomes)
    #expect(comparison.decision == .equivalent && comparison.decidedAt?.day == "2026-01-01")
    #expect(comparison.interval.lower > -1 && comparison.interval.upper < 1)
    let without = try LiveComparison(
      Fixture.plan(least: 0, most: 100), outcomes: Array(outcomes.prefix(40)))
    #expect(without.decision == .goOn)
  }

  @Test("few subjects keep from calling it better, never from telling harm")
  func minSubjects() throws {
    let plan = Fixture.plan(minSubjects: 1000)
    let better = Fixture.traffic(400, day: 0, candidate: 0.9, baseline: 0.1)
    let early = try LiveComparison(plan, outcomes: better)
    #expect(early.decision == .goOn && early.more == 600)
    let late = better + Fixture.traffic(600, day: 1, candidate: 0.9, baseline: 0.1)
    #expect(try LiveComparison(plan, outcomes: late).decision == .better)
    let harm = Fixture.traffic(400, day: 0, candidate: 0.1, baseline: 0.9)
    #expect(try LiveComparison(plan, outcomes: harm).decision == .worse)
  }

  @Test("harm that was once found stays found, whatever comes after")
  func harmStays() throws {
    var outcomes = Fixture.traffic(300, day: 0, candidate: 0.2, baseline: 0.8)
    for day in 1..<6 {
      outcomes += Fixture.traffic(2000, day: Double(day), candidate: 1, baseline: 0)
    }
    let comparison = try LiveComparison(Fixture.plan(), outcomes: outcomes)
    #expect(comparison.looks.allSatisfy { $0.decision == .worse })
    #expect(comparison.decidedAt?.day == "2026-01-01")
    // All later looks say the contrary, and that is told.
    #expect(!comparison.isConsistent)
    #expect((comparison.looks.last?.difference ?? 0) > 0)
  }

  @Test("harm overrules what was decided before; the interval only shrinks")
  func harmOverrules() throws {
    var outcomes = Fixture.traffic(300, day: 0, candidate: 0.8, baseline: 0.2)
    for day in 1..<6 {
      outcomes += Fixture.traffic(2000, day: Double(day), candidate: 0, baseline: 1)
    }
    let comparison = try LiveComparison(Fixture.plan(), outcomes: outcomes)
    #expect(comparison.looks.first?.decision == .better && comparison.decision == .worse)
    for (look, next) in zip(comparison.looks, comparison.looks.dropFirst()) {
      #expect(next.interval.lower >= look.interval.lower)
      #expect(next.interval.upper <= look.interval.upper && next.pValue <= look.pValue)
    }
  }

  @Test("what is recorded late cannot undo what a look had seen")
  func late() throws {
    let harm = Fixture.traffic(300, day: 1, candidate: 0.2, baseline: 0.8)
    // They happened before, and were not known.
    let late = Fixture.traffic(3000, day: 0.5, candidate: 1, baseline: 0, recorded: 2)
    let comparison = try LiveComparison(Fixture.plan(), outcomes: harm + late)
    #expect(comparison.looks.map(\.day) == ["2026-01-02", "2026-01-01"])
    #expect(comparison.looks.map(\.recordedOn) == ["2026-01-02", "2026-01-03"])
    #expect(comparison.decision == .worse)
  }

  @Test("more outcomes leave the looks at days that are over as they were")
  func prefix() throws {
    var random = SplitMix64(seed: 5)
    let outcomes = (0..<600).map { place in
      Fixture.outcome(
        "s\(Int(random.unit() * 300))", random.unit() < 0.5 ? .candidate : .baseline,
        random.unit(), day: Double(place) / 60)
    }
    let all = try LiveComparison(Fixture.plan(), outcomes: outcomes).looks
    for count in [60, 240, 420] {
      let some = try LiveComparison(Fixture.plan(), outcomes: Array(outcomes.prefix(count))).looks
      #expect(some == Array(all.prefix(some.count)) && some.count == count / 60)
    }
  }

  @Test("arms that lost subjects are noticed")
  func uneven() throws {
    let traffic = Fixture.traffic(400, day: 0, candidate: 0.5, baseline: 0.5)
    #expect(try !LiveComparison(Fixture.plan(), outcomes: traffic).isUneven)
    let lost = traffic.filter { $0.arm == .baseline || $0.subject.hasSuffix("0-0.0") }
    #expect(try LiveComparison(Fixture.plan(), outcomes: lost).isUneven)
    #expect(try LiveComparison(Fixture.plan(weight: 0.1), outcomes: traffic).isUneven)
  }

  @Test("an outcome out of range is refused")
  func range() {
    #expect(throws: EvaluationError.self) {
      try LiveComparison(Fixture.plan(), outcomes: [Fixture.outcome("a", .candidate, 2, day: 0)])
    }
  }

  @Test("a plan comes back from its JSON; a damaged one is refused")
  func planJSON() throws {
    for plan in [Fixture.plan(), Fixture.plan(weight: 0.001, direction: .lower, margin: 0.02)] {
      #expect(try LivePlan(json: JSONValue(parsing: plan.json.canonical)) == plan)
    }
    let whole = try #require(Fixture.plan().json.object)
    for key in whole.keys {
      var object = whole
      object[key] = [:]
      #expect(throws: EvaluationError.self, "\(key)") { try LivePlan(json: .object(object)) }
    }
  }
}
