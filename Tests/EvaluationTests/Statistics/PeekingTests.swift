import Foundation
import MLOpsCore
import Testing

@testable import Evaluation

/// The promise of a confidence sequence, kept in simulations of whole tests.
///
/// `MLOPS_PEEKING_SUBJECTS` (subjects a day) and `MLOPS_PEEKING_TESTS` (tests of each kind) make them
/// longer: 200 and 2000 take some minutes.
struct PeekingTests {
  private static func setting(_ name: String, _ usual: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap(Int.init).map { max(1, $0) } ?? usual
  }

  private static let daily = setting("MLOPS_PEEKING_SUBJECTS", 40)
  private static let tests = setting("MLOPS_PEEKING_TESTS", 250)

  private static let kinds = [
    LiveTraffic(rate: 0.02, daily: daily),
    LiveTraffic(rate: 0.5, daily: daily),
    LiveTraffic(rate: 0.9, daily: daily),
    LiveTraffic(rate: 0.02, candidateShare: 0.1, daily: daily),
    LiveTraffic(rate: 0.5, candidateShare: 0.1, daily: daily),
    LiveTraffic(rate: 0.9, candidateShare: 0.1, daily: daily),
    LiveTraffic(rate: 0.7, isReal: true, daily: daily),
    LiveTraffic(rate: 0.3, candidateShare: 0.1, isReal: true, daily: daily),
  ]

  /// 2,000 tests of equal arms with a look a day for a month.
  @Test func `looking daily finds a difference of equal arms less often than was allowed`() {
    var alarms = 0
    for kind in Self.kinds {
      let outcomes = kind.outcomes(Self.tests)
      let stopped = outcomes.count { $0.stopped != nil }
      let zTest = outcomes.count(where: \.zTestStopped)
      let atEnd = outcomes.count(where: \.zTestEnded)
      print(
        "A/A \(kind.testDescription): found in \(stopped) of \(outcomes.count) tests;"
          + " a z test in \(zTest), at its end in \(atEnd)")
      #expect(Double(stopped) < 0.05 * Double(outcomes.count), "\(kind.testDescription)")
      alarms += stopped
      // Of the usual test, where both arms have many subjects: right at the end, and by far too
      // often on the way. Were it not so, the simulation could not find a fault.
      guard kind.candidateShare == 0.5, kind.rate > 0.1 else { continue }
      #expect(Double(atEnd) < 0.1 * Double(outcomes.count))
      #expect(Double(zTest) > 0.15 * Double(outcomes.count))
    }
    let share = Double(alarms) / Double(Self.tests * Self.kinds.count)
    print(
      "A/A all: found in \((share * 1000).rounded() / 10) % of \(Self.tests * Self.kinds.count)")
    #expect(share < 0.05)
  }

  /// A test of fixed size needs (1.96 + 0.84)² σ² (1/share + 1/(1 − share)) / effect² subjects for a
  /// power of 80 %; looking at any time costs more, the more the fewer they are.
  @Test(arguments: [
    LiveTraffic(rate: 0.5, effect: 0.1, daily: 60, days: 60),
    LiveTraffic(rate: 0.1, effect: 0.08, daily: 40, days: 60),
    LiveTraffic(rate: 0.5, effect: -0.2, candidateShare: 0.1, daily: 60, days: 60),
    LiveTraffic(rate: 0.4, effect: 0.1, isReal: true, daily: 20, days: 60),
  ])
  func `a true difference is found by less than twice the subjects of a test of fixed size`(
    kind: LiveTraffic
  ) {
    let outcomes = kind.outcomes(60)
    let middle = kind.rate + kind.effect / 2
    let spread = middle * (1 - middle)
    // Uniform between 0 and twice the mean.
    let variance = kind.isReal ? pow(2 * middle, 2) / 12 : spread
    let share = kind.candidateShare
    let fixed = 7.85 * variance * (1 / share + 1 / (1 - share)) / (kind.effect * kind.effect)
    let stops = outcomes.map { $0.stopped ?? .max }.sorted()
    print("A/B \(kind.testDescription): median \(stops[30]), fixed size \(Int(fixed))")
    #expect(Double(stops[30]) < 2 * fixed + Double(kind.daily))
    #expect(Double(stops[54]) < 3.5 * fixed + Double(kind.daily))
    #expect(outcomes.count { $0.stopped != nil && $0.isBetter != (kind.effect > 0) } <= 1)
  }

  /// Subjects of one mind each, some of whom say so twenty times.
  @Test func `counting every outcome of the busy would raise alarms, counting subjects does not`() {
    typealias Outcome = SubjectOutcomes.Outcome
    let alarms = ResampleLoop(draws: 200, batch: 8).results { range -> [(Bool, Bool)] in
      range.map { test in
        var random = ResampleLoop.stream(seed: 13, draw: test)
        var outcomes: [Outcome] = []
        for subject in 0..<150 {
          let isCandidate = random.unit() < 0.5
          let value = random.unit() < 0.6 ? 1.0 : 0
          for _ in 0...random.next(below: 20) {
            outcomes.append(
              Outcome(
                subject: String(subject), isCandidate: isCandidate, candidateShare: 0.5,
                value: value))
          }
        }
        guard var each = try? ConfidenceSequence(), var bySubject = try? ConfidenceSequence() else {
          return (false, true)
        }
        for outcome in outcomes {
          try? each.add(outcome.value, isCandidate: outcome.isCandidate, candidateShare: 0.5)
        }
        try? bySubject.add(SubjectOutcomes(outcomes))
        return (each.pValue < 0.05, bySubject.pValue < 0.05)
      }
    }
    #expect(alarms.count(where: \.0) > 20)
    #expect(alarms.count(where: \.1) < 10)
  }
}
