import JSON
import MLOpsCore
import Testing

@testable import Evaluation

private func letters(_ parts: (Character, Int)...) -> String {
  parts.map { String(repeating: $0.0, count: $0.1) }.joined()
}

struct VerdictTests {
  struct Row: Sendable {
    let name: String
    let gate: String
    let baseline: String
    let candidate: String
    let verdict: Verdict
    let reason: String
  }

  static let table = [
    Row(
      name: "better", gate: "{margin: 0.05}", baseline: letters(("w", 100)),
      candidate: letters(("r", 30), ("w", 70)), verdict: .passed, reason: "is no worse"),
    Row(
      name: "equal, enough cases", gate: "{margin: 0.05}", baseline: letters(("r", 100)),
      candidate: letters(("r", 100)), verdict: .passed, reason: "is no worse"),
    Row(
      name: "equal, too few cases for so small a margin", gate: "{margin: 0.01}",
      baseline: letters(("r", 100)), candidate: letters(("r", 100)), verdict: .inconclusive,
      reason: "do not decide"),
    Row(
      name: "worse by far", gate: "{margin: 0.05}", baseline: letters(("r", 100)),
      candidate: letters(("r", 60), ("w", 40)), verdict: .failed,
      reason: "certainly by more than the margin"),
    Row(
      name: "worse, perhaps within the margin", gate: "{margin: 0.05}",
      baseline: letters(("r", 100)), candidate: letters(("r", 94), ("w", 6)), verdict: .failed,
      reason: "is not ruled out"),
    Row(
      name: "worse for sure, and for sure within the margin", gate: "{margin: 0.2}",
      baseline: letters(("r", 100)), candidate: letters(("r", 94), ("w", 6)), verdict: .passed,
      reason: "is no worse"),
    Row(
      name: "noise", gate: "{margin: 0.02}", baseline: letters(("r", 50), ("w", 50)),
      candidate: letters(("r", 45), ("w", 10), ("r", 5), ("w", 40)), verdict: .inconclusive,
      reason: "do not decide"),
    Row(
      name: "an improvement is asked for and shown", gate: "{rule: improvement}",
      baseline: letters(("w", 100)), candidate: letters(("r", 30), ("w", 70)), verdict: .passed,
      reason: "is better"),
    Row(
      name: "an improvement is asked for and nothing changed", gate: "{rule: improvement}",
      baseline: letters(("r", 100)), candidate: letters(("r", 100)), verdict: .inconclusive,
      reason: "above 0"),
    Row(
      name: "an improvement is asked for and it is worse", gate: "{rule: improvement}",
      baseline: letters(("r", 100)), candidate: letters(("r", 90), ("w", 10)), verdict: .failed,
      reason: "worse"),
    Row(
      name: "too few cases", gate: "{margin: 0.05, min_cases: 200}", baseline: letters(("w", 100)),
      candidate: letters(("r", 100)), verdict: .inconclusive, reason: "at least 200"),
    Row(
      name: "too few cases, but a regression all the same",
      gate: "{margin: 0.05, min_cases: 200}", baseline: letters(("r", 100)),
      candidate: letters(("w", 100)), verdict: .failed, reason: "worse by 100.0 points"),
    Row(
      name: "a must-pass case is wrong", gate: "{margin: 0.05, must_pass: [t100]}",
      baseline: letters(("w", 100)), candidate: letters(("r", 99), ("w", 1)), verdict: .failed,
      reason: "must-pass cases: t100"),
    Row(
      name: "a slice is worse while the whole is better",
      gate: "{margin: 0.05, slices: {짝홀: 0.1}}", baseline: String(repeating: "wr", count: 50),
      candidate: String(repeating: "rr", count: 40) + String(repeating: "rw", count: 10),
      verdict: .failed, reason: "The slice 짝홀 = 짝 is worse by 20.0 points"),
    Row(
      name: "lower is better", gate: "{margin: 0.05, direction: lower}",
      baseline: letters(("w", 100)), candidate: letters(("r", 40), ("w", 60)), verdict: .failed,
      reason: "worse by 40.0 points"),
  ]

  @Test(arguments: VerdictTests.table)
  func `the verdict table holds`(row: Row) throws {
    let report = try report(try .numbered(100, gate: row.gate), row.baseline, row.candidate)
    #expect(report.verdict == row.verdict, "\(row.name): \(report.decision)")
    #expect(report.decision.reasons[0].contains(row.reason), "\(row.name): \(report.decision)")
  }

  @Test func `a release compared with itself passes and says so`() throws {
    let suite = try Suite.numbered(4)
    let same = run(suite, "labeler@v1", "rrrw")
    let report = try EvaluationReport(suite: suite, baseline: same, candidate: same)
    #expect(report.verdict == .passed)
    #expect(report.decision.reasons[0].contains("the same release"))
    #expect(report.comparison.metrics[0].figures.difference == 0)
    #expect(report.comparison.metrics[0].figures.pValue == 1)
  }

  @Test func `verdicts map to exit codes`() {
    #expect(Verdict.allCases.map(\.exitCode) == [0, 100, 101])
  }

  @Test func `an inconclusive verdict says how many more cases would decide`() throws {
    let report = try report(
      try .numbered(100, gate: "{margin: 0.01}"), letters(("r", 100)), letters(("r", 100)))
    #expect(try #require(report.decision.moreCases) > 100)
  }

  @Test func `failed cases are out of every figure and are listed`() throws {
    let suite = try Suite.numbered(100, gate: "{margin: 0.05, max_failed: 0.02}")
    let report = try report(
      suite, letters(("r", 99), ("f", 1)), letters(("f", 1), ("r", 99)))
    #expect(report.comparison.failed == [0, 99])
    #expect(report.comparison.metrics[0].figures.cases == 98)
    #expect(report.decision.notes == ["2 of 100 cases failed to run and are in no figure."])
    #expect(report.text().contains("The context is full."))
  }

  @Test(arguments: [
    (letters(("f", 100)), letters(("r", 100)), "", "100 of 100 cases of labeler@v1"),
    (letters(("r", 100)), letters(("r", 98), ("f", 2)), "", "2 of 100 cases of labeler@v2"),
    (letters(("r", 100)), letters(("f", 1), ("r", 99)), "t1", "must-pass case 't1'"),
  ])
  func `could not measure is an error and no verdict`(
    baseline: String, candidate: String, mustPass: String, reason: String
  ) throws {
    let suite = try Suite.numbered(100, gate: "{margin: 0.05, must_pass: [\(mustPass)]}")
    let error = #expect(throws: EvaluationError.self) { try report(suite, baseline, candidate) }
    let failure = FailureReport(try #require(error))
    #expect(failure.code == "evaluation.could_not_measure")
    #expect(failure.kind.exitCode == 1)
    #expect(failure.message.contains(reason))
  }

  @Test func `equal runs give equal reports, byte for byte`() throws {
    let suite = try Suite.numbered(40)
    let one = try report(suite, letters(("r", 20), ("w", 20)), letters(("r", 30), ("u", 10)))
    let two = try report(suite, letters(("r", 20), ("w", 20)), letters(("r", 30), ("u", 10)))
    #expect(one.json.canonicalBytes == two.json.canonicalBytes)
  }

  @Test func `exchanging the sides exchanges fixed and broken`() throws {
    let suite = try Suite.numbered(6)
    let there = try report(suite, "rrwwrw", "rwrwru").comparison
    let back = try report(suite, "rwrwru", "rrwwrw").comparison
    #expect(there.fixed == back.broken && there.broken == back.fixed)
    #expect(there.fixed == [2] && there.broken == [1])
  }

  @Test func `promotion reads from the JSON what the report says`() throws {
    let report = try report(try .numbered(30), letters(("w", 30)), letters(("r", 30)))
    #expect(try EvaluationEvidence(json: report.json) == report.evidence)
    for (key, value) in [
      ("format", "mlops.evaluation/v9"), ("verdict", "fine"), ("suite", JSONValue.null),
      ("candidate", ["digest": "sha256:12"]),
    ] as [(String, JSONValue)] {
      var damaged = try #require(report.json.object)
      damaged[key] = value
      let error = #expect(throws: EvaluationError.self) {
        try EvaluationEvidence(json: .object(damaged))
      }
      #expect(error?.code == "evaluation.invalid_report")
    }
  }
}
