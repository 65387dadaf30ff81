import Foundation
import JSON
import MLOpsCore
import Testing

@testable import Evaluation

struct ConfidenceSequenceTests {
  /// A fixture's subjects.
  private func sequence(_ one: JSONValue) throws -> ConfidenceSequence {
    let share = try one.number("share")
    var sequence = try ConfidenceSequence(
      least: one.number("least"), most: one.number("most"), leastShare: min(share, 1 - share))
    for (outcome, arm) in zip(try one.numbers("outcomes"), try one.numbers("arms")) {
      try sequence.add(outcome, isCandidate: arm == 1, candidateShare: share)
    }
    return sequence
  }

  /// The four sums must never claim more than the products, and should claim nearly as much.
  @Test func `intervals hold those of bets multiplied out, and are hardly wider`() throws {
    for one in try StatisticsFixture.cases("sequences", of: "inference") {
      let found = try sequence(one)
      let interval = found.interval(confidence: try one.number("confidence"))
      let exact = try one.numbers("interval")
      #expect(abs(found.difference - (try one.number("mean"))) < 1e-9)
      #expect(interval.lower <= exact[0] + 1e-9 && interval.upper >= exact[1] - 1e-9)
      let width = interval.upper - interval.lower
      #expect(width < 1.05 * (exact[1] - exact[0]), "\(interval) \(exact)")
      #expect(found.pValue >= (try one.number("p")) - 1e-12)
      #expect(found.pValue < 1.5 * (try one.number("p")) + 1e-9, "\(found.pValue)")
    }
  }

  @Test func `the bound of a bet holds up to its end`() {
    for u in stride(from: -0.65, through: 3, by: 0.001) {
      var moments = BettingMoments()
      moments.add(u)
      // A bet of all stakes against 0, with a reach that makes the first of them 1.
      let stakes = (0..<16).map { pow(0.5, Double($0) / 2) }
      let shares = (2...17).map { 1 / Double($0) }
      let money = zip(stakes, shares).reduce(0) { $0 + (1 + $1.0 * u) * $1.1 }
      let exact = log(money / shares.reduce(0, +))
      let bound = moments.logCapital(against: 0, reach: -0.35)
      #expect(bound <= exact + 1e-12, "\(u)")
      if abs(u) < 0.3 { #expect(bound > exact - 0.002, "\(u)") }
    }
  }

  @Test func `p and decision agree with the interval at every look`() throws {
    var random = SplitMix64(seed: 41)
    var sequence = try ConfidenceSequence(least: -1, most: 4, leastShare: 0.2)
    var seen: Set<String> = []
    for subject in 1...4000 {
      let isCandidate = random.unit() < 0.2
      let outcome = -1 + 5 * (random.unit() < (isCandidate ? 0.45 : 0.3) ? 1 : random.unit() / 4)
      try sequence.add(outcome, isCandidate: isCandidate, candidateShare: 0.2)
      guard subject % 100 == 0 else { continue }
      for confidence in [0.5, 0.95, 0.999] {
        let interval = sequence.interval(confidence: confidence)
        #expect((sequence.pValue <= 1 - confidence) == (interval.lower > 0 || interval.upper < 0))
        #expect(interval.lower <= sequence.difference && sequence.difference <= interval.upper)
        switch sequence.decision(margin: 1, confidence: confidence) {
        case .better:
          seen.insert("better")
          #expect(interval.lower > 0)
        case .worse: #expect(interval.upper < 0)
        case .equivalent:
          seen.insert("equivalent")
          #expect(interval.lower > -1 && interval.upper < 1)
        case .goOn:
          seen.insert("go on")
          #expect(interval.lower <= 0 && interval.upper >= 0)
        }
      }
    }
    #expect(seen.isSuperset(of: ["better", "go on"]))
  }

  @Test func `exchanging the arms mirrors everything`() throws {
    var there = try ConfidenceSequence(leastShare: 0.3)
    var back = there
    var random = SplitMix64(seed: 2)
    for _ in 0..<300 {
      let isCandidate = random.unit() < 0.3
      let outcome = random.unit() < (isCandidate ? 0.9 : 0.5) ? 1.0 : 0
      try there.add(outcome, isCandidate: isCandidate, candidateShare: 0.3)
      try back.add(outcome, isCandidate: !isCandidate, candidateShare: 0.7)
    }
    let interval = there.interval(confidence: 0.9)
    let mirrored = back.interval(confidence: 0.9).negated
    #expect(abs(interval.lower - mirrored.lower) < 1e-9)
    #expect(abs(interval.upper - mirrored.upper) < 1e-9)
    #expect(there.decision(confidence: 0.9) == .better)
    #expect(back.decision(confidence: 0.9) == .worse)
    #expect(there.candidate.mean == back.baseline.mean)
  }

  @Test func `stored sums go on as if nothing had happened`() throws {
    let one = try #require(try StatisticsFixture.cases("sequences", of: "inference").last)
    let share = try one.number("share")
    let outcomes = try one.numbers("outcomes")
    let arms = try one.numbers("arms")
    var stored = try ConfidenceSequence(
      least: one.number("least"), most: one.number("most"), leastShare: min(share, 1 - share))
    for (index, outcome) in outcomes.enumerated() {
      try stored.add(outcome, isCandidate: arms[index] == 1, candidateShare: share)
      if index % 50 == 0 {
        stored = try ConfidenceSequence(json: JSONValue(parsing: Array(stored.json.canonical.utf8)))
      }
    }
    #expect(try stored == sequence(one))
  }

  @Test func `sums that no outcomes have are refused by name`() throws {
    var sequence = try ConfidenceSequence()
    try sequence.add(1, isCandidate: true, candidateShare: 0.5)
    try sequence.add(0, isCandidate: false, candidateShare: 0.5)
    let good = try #require(sequence.json.object)
    let wrong: [(String, JSONValue?, String)] = [
      ("format", "mlops.other/v1", "mlops.other/v1"), ("least", nil, "least"),
      ("least", 2, "range"), ("least_share", 0, "share"),
      ("candidate", ["subjects": -1, "sum": 0], "candidate"),
      ("candidate", ["subjects": 1, "sum": 7], "candidate"),
      ("baseline", ["subjects": 1], "sum"),
      ("baseline", ["subjects": 9_000_000_000_000_000_000, "sum": 1], "baseline"),
      ("powers", [1, 2, 3], "powers"), ("powers", [1e9, 1, 1, 1], "powers"),
      ("powers", [3.9, 0.1, 0, 5], "powers"),
      ("powers", [0, 1.9, 0, 0.1], "powers"), ("powers", ["a", 1, 1, 1], "powers"),
    ]
    for (key, value, word) in wrong {
      var json = good
      json[key] = value
      let error = #expect(throws: EvaluationError.self) {
        _ = try ConfidenceSequence(json: .object(json))
      }
      #expect(error?.code == "evaluation.invalid_outcomes")
      #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
    }
  }

  @Test func `wrong outcomes are refused and change nothing`() throws {
    var sequence = try ConfidenceSequence(leastShare: 0.1)
    try sequence.add(0.5, isCandidate: true, candidateShare: 0.1)
    let before = sequence
    for (outcome, share) in [(1.01, 0.1), (-0.01, 0.1), (.nan, 0.1), (0.5, 0.05), (0.5, 0.95)] {
      #expect(throws: EvaluationError.self) {
        try sequence.add(outcome, isCandidate: false, candidateShare: share)
      }
    }
    #expect(throws: EvaluationError.self) {
      try sequence.add(0.5, isCandidate: false, candidateShare: .nan)
    }
    #expect(sequence == before)
    for (least, most, share) in [
      (1, 1, 0.5), (0, .infinity, 0.5), (.nan, 1, 0.5), (0, 1, 0), (0, 1, 0.6), (0, 1, .nan),
      (-1e308, 1e308, 0.5),
    ] {
      #expect(throws: EvaluationError.self) {
        _ = try ConfidenceSequence(least: least, most: most, leastShare: share)
      }
    }
  }

  @Test func `nothing is known of nobody, and of one`() throws {
    var sequence = try ConfidenceSequence(least: 0, most: 10)
    #expect(
      sequence.interval(confidence: 0.95) == Interval(lower: -10, upper: 10, confidence: 0.95))
    #expect(sequence.pValue == 1)
    #expect(sequence.decision(margin: 1, confidence: 0.95) == .goOn(more: nil))
    try sequence.add(10, isCandidate: true, candidateShare: 0.5)
    #expect(sequence.pValue > 0.5)
    #expect(sequence.interval(confidence: 0.95).lower == -10)
  }

  @Test func `a changing share and a drifting level are no effect`() throws {
    // First few subjects get the candidate while all are content, then many while none is: means of
    // the arms differ by far, and nothing is due to the candidate.
    var random = SplitMix64(seed: 19)
    var sequence = try ConfidenceSequence(leastShare: 0.1)
    for subject in 0..<4000 {
      let share = subject < 2000 ? 0.1 : 0.9
      let isCandidate = random.unit() < share
      let outcome = random.unit() < (subject < 2000 ? 0.9 : 0.2) ? 1.0 : 0
      try sequence.add(outcome, isCandidate: isCandidate, candidateShare: share)
    }
    #expect(sequence.candidate.mean < sequence.baseline.mean - 0.4)
    #expect(sequence.pValue > 0.05)
    let interval = sequence.interval(confidence: 0.95)
    #expect(interval.lower < 0 && interval.upper > 0 && interval.upper < 0.25)
  }

  @Test func `small differences are called equivalent, and the subjects still needed are told`()
    throws
  {
    var random = SplitMix64(seed: 29)
    var sequence = try ConfidenceSequence()
    var told: (at: Int, more: Int)?
    for subject in 1...40_000 {
      try sequence.add(
        random.unit() < 0.8 ? 1 : 0, isCandidate: random.next(below: 2) == 0, candidateShare: 0.5)
      guard subject % 1000 == 0 else { continue }
      switch sequence.decision(margin: 0.05, confidence: 0.95) {
      case .goOn(let more):
        if subject == 3000, let more {
          told = (subject, more)
          // As many subjects like these decide, and three of a hundred fewer do not.
          for (share, decides) in [(1.0, true), (0.97, false)] {
            var later = sequence
            later.moments = later.moments.scaled(to: share * Double(subject + more))
            #expect((later.decision(margin: 0.05, confidence: 0.95) == .equivalent) == decides)
          }
        }
      case .equivalent:
        let told = try #require(told)
        // It was told when a third was known.
        #expect((0.4...2.5).contains(Double(told.at + told.more) / Double(subject)), "\(told)")
        #expect(subject < 15_000)
        return
      case .better, .worse: Issue.record("equal arms were told apart at \(subject)")
      }
    }
    Issue.record("not decided")
  }

  @Test func `who talks all day counts once`() throws {
    typealias Outcome = SubjectOutcomes.Outcome
    func outcome(_ subject: String, _ isCandidate: Bool, _ value: Double) -> Outcome {
      Outcome(subject: subject, isCandidate: isCandidate, candidateShare: 0.5, value: value)
    }
    let outcomes = SubjectOutcomes([
      outcome("b", true, 1), outcome("a", false, 0), outcome("c", true, 1), outcome("b", true, 0),
      outcome("a", false, 1), outcome("c", false, 0), outcome("a", false, 1),
      outcome("b", true, 0.5),
    ])
    #expect(outcomes.subjects.map(\.subject) == ["b", "a"])
    #expect(outcomes.subjects.map(\.value) == [0.5, 2.0 / 3])
    #expect(outcomes.mixed == ["c"])
    var sequence = try ConfidenceSequence()
    try sequence.add(outcomes)
    #expect(sequence.candidate.subjects == 1 && sequence.baseline.subjects == 1)
    #expect(sequence.candidate.mean == 0.5)
  }

  @Test func `ten million subjects keep their digits`() throws {
    // Sums as ten million subjects would leave them, a difference of 0.2 points at 50/50.
    var moments = BettingMoments()
    let n = 1e7
    moments.sums = SIMD4(0.002 * n, 1.0 * n, 0.006 * n, 1.6 * n)
    moments.count = n
    let capital = moments.logCapital(against: 0, reach: 2)
    // z² / 2 = 20, less what spreading the bets costs.
    #expect(capital > 16 && capital < 20, "\(capital)")
    #expect(moments.negated.logCapital(against: 0, reach: 2) < 0)
  }
}

struct SampleRatioTestTests {
  @Test func `p equals a numerical integral`() throws {
    for one in try StatisticsFixture.cases("ratios", of: "inference") {
      let found = try #require(
        SampleRatioTest.pValue(
          candidate: one.count("candidate"), baseline: one.count("baseline"),
          candidateShare: one.number("share")))
      #expect(isClose(found, try one.number("p"), relative: 1e-6), "\(found) \(one.canonical)")
    }
  }

  @Test func `lost subjects are found, an even split never`() {
    func p(_ candidate: Int, _ baseline: Int, _ share: Double = 0.5) -> Double? {
      SampleRatioTest.pValue(candidate: candidate, baseline: baseline, candidateShare: share)
    }
    #expect(p(5_000_000, 5_000_000) == 1)
    #expect(p(4_900, 5_100) == 1 || p(4_900, 5_100).map { $0 > 0.05 } == true)
    #expect(p(4_700, 5_300).map { $0 < 1e-5 } == true)
    #expect(p(1, 1, 0) == nil && p(1, 1, 1) == nil && p(1, 1, .nan) == nil && p(-1, 1) == nil)
  }
}
