import Foundation
import JSON
import MLOpsCore
import Synchronization
import Testing

@testable import Evaluation

struct JudgeRunnerTests {
  private func judge(
    _ suite: Suite, _ before: [String?], _ after: [String?], _ judge: ScriptedJudge,
    kin: Set<JudgeRecord.Side> = [], answers: (any AnswerStore)? = nil, asksAnew: Bool = false
  ) async throws -> JudgeRunner.Judged {
    try await #require(JudgeRunner(suite: suite)).run(
      baseline: Judged.run(suite, "m@v1", before), candidate: Judged.run(suite, "m@v2", after),
      judge: judge.side(), kin: kin, answers: answers, asksAnew: asksAnew)
  }

  private func near(_ found: [Double?], _ expected: [Double]) -> Bool {
    found.count == expected.count
      && zip(found, expected).allSatisfy { abs(($0 ?? .nan) - $1) < 1e-9 }
  }

  @Test func `a score is the mean of the scale, weighted by its likelihoods`() async throws {
    let suite = try Judged.suite(2, metrics: "[judge]")
    let scripted = ScriptedJudge(score: { $0 == "good" ? [0, 0, 0, 0.3, 0.1] : [0.4, 0, 0, 0, 0] })
    let judged = try await judge(suite, ["bad", "good"], ["good", "good"], scripted)
    #expect(near(judged.values(0, of: .baseline), [1, 4.25]))
    #expect(near(judged.values(0, of: .candidate), [4.25, 4.25]))
    // That much of its probability lies on the scale's replies; where it is next to nothing, a note
    // says so.
    let vague = try await judge(
      suite, ["x", "y"], ["x", "y"], ScriptedJudge(score: { _ in [0, 0, 0.001, 0, 0] }))
    #expect(
      vague.record.notes(suite) == [
        "The judge would hardly ever answer as it is asked to (0.1 %): its numbers are weak."
      ])
    #expect(judged.record.notes(suite).isEmpty)
    #expect(abs(try #require(judged.record.inForm) - 0.4) < 1e-9)
  }

  @Test func `equal answers are asked about once, and are a tie without being compared`()
    async throws
  {
    let suite = try Judged.suite(3)
    let scripted = ScriptedJudge()
    let judged = try await judge(suite, ["x", " y\n", "z"], ["x", "y", "w"], scripted)
    #expect(scripted.scored == ["x", "y", "z", "w"])
    #expect(scripted.prompts.count == 6)
    #expect(judged.record.scored == 4 && judged.record.compared == 1)
    #expect(judged.record.identical == 2)
    #expect(judged.values(1, of: .candidate) == [0.5, 0.5, 0.5])
    // The same text to another question is another answer.
    let other = try await judge(suite, ["x", "x", "x"], ["x", "x", "x"], ScriptedJudge())
    #expect(other.record.scored == 3 && other.record.orders == nil)
  }

  @Test func `a win counts where both orders agree, and the baseline has what is left`()
    async throws
  {
    let suite = try Judged.suite(5, metrics: "[judge_win]")
    let better = ScriptedJudge(prefer: { first, second in
      switch (first.hasSuffix("+"), second.hasSuffix("+")) {
      case (true, false): "A"
      case (false, true): "B"
      default: first.hasSuffix("?") ? "A" : "tie"
      }
    })
    let judged = try await judge(
      suite, ["a", "b+", "c", "d?", "e"], ["a+", "b", "d", "c?", "e"], better)
    #expect(judged.values(0, of: .candidate) == [1, 0, 0.5, 0.5, 0.5])
    #expect(judged.values(0, of: .baseline) == [0, 1, 0.5, 0.5, 0.5])
    #expect(
      judged.record.wins.map { [$0.candidate, $0.tie, $0.baseline] } == [1, 3, 1])
    let orders = try #require(judged.record.orders)
    #expect(orders.agreement.cases == 4 && orders.agreement.agreeing == 3)
    #expect(orders.firstTwice == 1 && orders.secondTwice == 0)
    #expect(better.scored.isEmpty)
  }

  @Test(arguments: ["A", "B"])
  func `a judge that prefers a place says nothing, and is told on`(place: String) async throws {
    let suite = try Judged.suite(12, metrics: "[judge_win]", gate: "{margin: 0.5}")
    let judged = try await judge(
      suite, (0..<12).map { "b\($0)" }, (0..<12).map { "c\($0)" },
      ScriptedJudge(prefer: { _, _ in place }))
    #expect(judged.values(0, of: .candidate) == Array(repeating: 0.5, count: 12))
    let report = try Judged.report(suite, judged)
    #expect(
      report.decision.notes.contains {
        $0.hasPrefix("The judge prefers what it reads \(place == "A" ? "first" : "last")")
      })
    #expect(report.json["judge"]?["orders"]?["first_twice"] == (place == "A" ? 12 : 0))
  }

  @Test func `several answers are judged each, and averaged`() async throws {
    let suite = try Judged.suite(1, extra: "samples: 2\ntemperature: 1")
    let scripted = ScriptedJudge(
      score: { $0 == "good" ? [0, 0, 0, 0, 1] : [1, 0, 0, 0, 0] },
      prefer: { first, _ in first == "good" ? "A" : "B" })
    let judged = try await #require(JudgeRunner(suite: suite)).run(
      baseline: Judged.run(suite, "m@v1", [["bad", "good"]]),
      candidate: Judged.run(suite, "m@v2", [["good", "good"]]), judge: scripted.side())
    #expect(judged.values(0, of: .baseline).map { $0?.rounded() } == [3])
    #expect(judged.values(0, of: .candidate).map { $0?.rounded() } == [5])
    #expect(judged.values(1, of: .candidate) == [0.75])
    #expect(judged.values(1, of: .baseline) == [0.25])
  }

  @Test func `what the judge cannot say is no number, and is told`() async throws {
    let suite = try Judged.suite(8)
    let scripted = ScriptedJudge(
      score: {
        if $0 == "long" { throw ScriptedModel.Broken() }
        return [0, 0, 0, 0, $0 == "odd" ? .nan : 1]
      }, prefer: { first, _ in first == "b" ? "A" : "B" })
    var (before, after) = (Array(repeating: "b", count: 8), Array(repeating: "c", count: 8))
    (before[2], after[3]) = ("long", "odd")
    let judged = try await judge(suite, before, after, scripted)
    let scores = judged.values(0, of: .baseline)
    #expect(scores[2] == nil && scores[3] != nil)
    #expect(judged.values(0, of: .candidate)[2] != nil)
    #expect(judged.values(0, of: .candidate)[3] == nil)
    #expect(judged.values(1, of: .candidate)[0] == 0)
    let report = try Judged.report(suite, judged)
    #expect(report.comparison.metrics[0].figures.cases == 6)
    #expect(report.json["judge"]?["unjudged"]?.array?.map { $0["case"] } == ["t2", "t3"])
    #expect(
      report.json["judge"]?["unjudged"]?.array?.map { $0["side"] } == ["baseline", "candidate"])
    #expect(report.json["judge"]?["unjudged"]?.array?.first?["reason"] == "The context is full.")
    #expect(
      report.decision.notes == [
        "The judge could not judge 2 cases, the first (t2): The context is full."
      ])
  }

  @Test func `more cases without a judgement than may fail are no measurement`() async throws {
    let suite = try Judged.suite(4, metrics: "[accuracy, judge]", gate: "{max_failed: 0.25}")
    func run(_ failing: Int) async throws {
      _ = try await judge(
        suite, ["0", "1", "2", "3"], ["0", "1", "2", "3"],
        ScriptedJudge(score: {
          if Int($0) ?? 9 < failing { throw ScriptedModel.Broken() }
          return [1, 0, 0, 0, 0]
        }))
    }
    try await run(1)
    await #expect(
      throws: EvaluationError.couldNotMeasure(
        reason: "judge@v1 could not judge 2 of 4 cases, the first because: The context is full")
    ) { try await run(2) }
  }

  @Test func `a case that failed to run is not shown to the judge`() async throws {
    let suite = try Judged.suite(3)
    let scripted = ScriptedJudge()
    let judged = try await judge(suite, ["x", nil, "z"], [nil, "y", "w"], scripted)
    #expect(scripted.scored == ["z", "w"])
    #expect(judged.record.unjudged.isEmpty)
    #expect(judged.candidate.outcomes[0].failure == "The context is full.")
  }

  @Test func `a judge that is a side is told on, and so is one of its weights`() async throws {
    let suite = try Judged.suite(1)
    let runner = try #require(JudgeRunner(suite: suite))
    let judged = try await runner.run(
      baseline: Judged.run(suite, "m@v1", ["x"]), candidate: Judged.run(suite, "m@v2", ["y"]),
      judge: ScriptedJudge().side("m@v2"), kin: [.baseline])
    #expect(judged.record.kin == [.candidate, .baseline])
    let report = try Judged.report(suite, judged)
    #expect(report.json["judge"]?["same_as"] == ["candidate", "baseline"])
    #expect(
      report.decision.notes.contains(
        "The judge has the weights of the candidate and the baseline: models tend to prefer their own answers."
      ))
    let fair = try await judge(suite, ["x"], ["y"], ScriptedJudge())
    #expect(fair.record.kin.isEmpty)
    #expect(try Judged.report(suite, fair).decision.notes.isEmpty)
  }

  @Test func `a second run asks nothing and is the same byte for byte`() async throws {
    let suite = try Judged.suite(9)
    let store = MemoryAnswers()
    let (before, after) = ((0..<9).map { "b\($0)" }, (0..<9).map { "c\($0 % 5)" })
    let script = ScriptedJudge(
      score: { [0.1, 0.2, Double($0.utf8.count) / 9, 0.3, 0.15] }, prefer: { $0 < $1 ? "A" : "B" })
    let first = try await judge(suite, before, after, script, answers: store)
    let silent = ScriptedJudge(score: { _ in throw ScriptedModel.Broken() })
    let second = try await judge(suite, before, after, silent, answers: store)
    #expect(silent.prompts.isEmpty && script.prompts.count == 18 + 18)
    #expect(first.record.answersFound == 0 && second.record.answersFound == 36)
    let texts = try [first, second].map { try Judged.report(suite, $0).json.canonical }
    #expect(texts[0] == texts[1])
    let anew = try await judge(
      suite, before, after, ScriptedJudge(), answers: store, asksAnew: true)
    #expect(anew.record.answersFound == 0)
    // Another rubric is another question; another judge is asked for itself.
    let other = try Judged.suite(9, judge: "judge: {release: j, rubric: other}")
    #expect(
      try await judge(other, before, after, script, answers: store).record.answersFound == 0)
    let another = try await #require(JudgeRunner(suite: suite)).run(
      baseline: Judged.run(suite, "m@v1", before), candidate: Judged.run(suite, "m@v2", after),
      judge: script.side("another"), answers: store)
    #expect(another.record.answersFound == 0)
  }

  @Test func `a gate can rest on the judge`() async throws {
    let wins = ScriptedJudge(
      score: { $0.hasPrefix("c") ? [0, 0, 0, 0, 1] : [1, 0, 0, 0, 0] },
      prefer: { first, _ in first.hasPrefix("c") ? "A" : "B" })
    let texts = ((0..<20).map { "b\($0)" }, (0..<20).map { "c\($0)" })
    let suite = try Judged.suite(
      20, gate: "{checks: [{metric: judge_win, rule: improvement}, {metric: judge, margin: 0.5}]}")
    let won = try Judged.report(suite, try await judge(suite, texts.0, texts.1, wins))
    #expect(won.verdict == .passed, "\(won.decision.reasons)")
    // Won minus lost, over cases.
    #expect(won.comparison.metrics[1].figures.difference == 1)
    #expect(won.comparison.metrics[1].metric.unit == .share)
    #expect(won.comparison.fixed.count == 20)
    let lost = try Judged.report(suite, try await judge(suite, texts.1, texts.0, wins))
    #expect(lost.verdict == .failed)
    #expect(abs(lost.comparison.metrics[0].figures.difference + 4) < 1e-6)
  }

  @Test func `a report without the judge's numbers gives no verdict`() throws {
    let suite = try Judged.suite(3)
    let run = Judged.run(suite, "m@v1", ["a", "b", "c"])
    #expect(
      throws: EvaluationError.couldNotMeasure(reason: "the gate's metric 'judge' was not measured")
    ) {
      try EvaluationReport(
        suite: suite, baseline: run, candidate: Judged.run(suite, "m@v2", ["a", "b", "c"]))
    }
  }

  @Test func `cancelling ends it as cancelled`() async throws {
    let suite = try Judged.suite(3)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      _ = try await judge(suite, ["a", "b", "c"], ["d", "e", "f"], ScriptedJudge())
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func `the reports tell of the judge`() async throws {
    let suite = try Judged.suite(
      6, judge: "judge: {release: j, rubric: \"<b>\", human: h}",
      record: { [#","h":3"#, #","h":"candidate""#, ""][$0 % 3] })
    let report = try Judged.report(
      suite,
      try await judge(
        suite, (0..<6).map { "b\($0)" }, (0..<6).map { "c\($0)" },
        ScriptedJudge(prefer: { $0 > $1 ? "A" : "B" })))
    let text = report.text()
    #expect(text.contains("judge judge@v1 ("), "\(text)")
    #expect(text.contains("scored 12 different answers from 1 to 5"))
    #expect(text.contains("compared 6 pairs in both orders, 0 were equal: 6 won, 0 tied, 0 lost"))
    #expect(text.contains("people's scores: equal 2 of 2 (100.0 %"), "\(text)")
    #expect(text.contains("people's preferences: equal 2 of 2 (100.0 %"))
    #expect(report.markdown().contains("- scored 12 different answers from 1 to 5"))
    #expect(report.junit.contains("compared 6 pairs"))
    #expect(report.json["judge"]?["rubric"] == "<b>")
    #expect(report.json["judge"]?["human"]?["scores"]?["equal"] == 2)
    #expect(report.json["judge"]?["human"]?["preferences"]?["agreeing"] == 2)
    #expect(
      report.decision.notes.contains { $0.hasPrefix("People's judgements without a text") })
  }
}

/// A store in memory.
private final class MemoryAnswers: AnswerStore {
  private let kept = Mutex<[AnswerKey: Data]>([:])

  func answers(to keys: [AnswerKey]) throws -> [StoredAnswer?] {
    kept.withLock { kept in keys.map { kept[$0].flatMap(StoredAnswer.init(bytes:)) } }
  }

  func keep(_ answers: [(key: AnswerKey, answer: StoredAnswer)]) throws {
    kept.withLock { kept in for one in answers { kept[one.key] = one.answer.bytes } }
  }
}
