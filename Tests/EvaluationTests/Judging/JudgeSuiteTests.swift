import JSON
import MLOpsCore
import Testing

@testable import Evaluation

/// The `judge` of a suite's file.
struct JudgeSuiteTests {
  @Test func `a judge is read whole, and has what is not said`() throws {
    let plain = try #require(try Judged.suite(1).judge)
    #expect(plain.release == "judge@v1" && plain.rubric == "5: right" && plain.scale == 1...5)
    #expect(plain.showsReference && plain.question == "{{q}}" && plain.human == nil)
    let full = try #require(
      try Judged.suite(
        1,
        judge: """
          judge:
            release: j
            rubric: |
              2: good
              -2: bad
            scale: [-2, 2]
            reference: false
            question: "{{id}}"
            human: rating
          """
      ).judge)
    #expect(full.scale == -2...2 && !full.showsReference && full.human == "rating")
    #expect(full.rubric == "2: good\n-2: bad\n")
  }

  @Test func `every setting of a judge is in the suite's digest`() throws {
    func digest(_ more: String, rubric: String = "r", release: String = "j") throws -> Digest {
      try Judged.suite(1, judge: "judge: {release: \(release), rubric: \(rubric)\(more)}").digest
    }
    let all = try [
      digest(""), digest("", rubric: "s"), digest("", release: "k"), digest(", scale: [1, 4]"),
      digest(", reference: false"), digest(", question: \"{{id}}\""), digest(", human: h"),
    ]
    #expect(Set(all).count == all.count)
    #expect(try digest(", scale: [1, 5]") == all[0])
  }

  struct Bad: Sendable {
    var metrics = "[judge]"
    var judge = Judged.rubric
    var gate = "{}"
    var extra = ""
    var record = ""
    let message: String
  }

  static let bad = [
    Bad(
      judge: "",
      message:
        "s.yaml:6:11: the metric 'judge' needs a 'judge' in the suite, with its 'release' and 'rubric'"
    ),
    Bad(
      metrics: "[accuracy, judge_win]", judge: "",
      message: "s.yaml:6:21: the metric 'judge_win' needs a 'judge'"),
    Bad(
      metrics: "[accuracy]",
      message:
        "s.yaml:7:8: nothing is asked of the judge: add 'judge' or 'judge_win' to the metrics"),
    Bad(judge: "judge: me", message: "s.yaml:7:8: a judge must be a mapping"),
    Bad(judge: "judge: {rubric: r}", message: "s.yaml:7:8: a judge needs 'release'"),
    Bad(judge: "judge: {release: j}", message: "s.yaml:7:8: a judge needs 'rubric'"),
    Bad(
      judge: "judge: {release: j, rubrik: r}",
      message: "s.yaml:7:21: a judge has no key 'rubrik' (did you mean 'rubric'?)"),
    Bad(
      judge: "judge: {release: j, rubric: r, scale: [5, 1]}",
      message: "s.yaml:7:39: scale must begin below its end, found [5, 1]"),
    Bad(
      judge: "judge: {release: j, rubric: r, scale: [3, 3]}",
      message: "scale must begin below its end, found [3, 3]"),
    Bad(
      judge: "judge: {release: j, rubric: r, scale: [0, 11]}",
      message: "s.yaml:7:39: scale has 12 scores, at most 11 can be told apart"),
    Bad(
      judge: "judge: {release: j, rubric: r, scale: [0, 99999999999999]}",
      message: "scale must be two whole numbers"),
    Bad(
      judge: "judge: {release: j, rubric: r, scale: [1, 2.5]}",
      message: "scale must be two whole numbers"),
    Bad(
      judge: "judge: {release: j, rubric: r, reference: often}",
      message: "s.yaml:7:43: reference must be true or false"),
    Bad(
      judge: "judge: {release: j, rubric: r, question: \"{{x}}\"}",
      message: "cases.ndjson:1:1: a case has no 'x', which the judge's question needs"),
    Bad(
      judge: "judge: {release: j, rubric: r, human: h}", record: #","h":7"#,
      message:
        "cases.ndjson:1:1: 'h' is a whole number from 1 to 5, one of candidate, baseline, tie"),
    Bad(
      judge: "judge: {release: j, rubric: r, human: h}", record: #","h":[3]"#,
      message: "or {answer, score} or a list of these; found 3"),
    Bad(
      judge: "judge: {release: j, rubric: r, human: h}",
      record: #","h":{"answer":"x","score":2.5}"#,
      message: "found 2.5"),
    Bad(
      judge: "judge: {release: j, rubric: r, human: h}", record: #","h":"mine""#,
      message: "found \"mine\""),
    Bad(
      gate: "{must_pass: [t0]}",
      message:
        "must_pass needs a first metric by which answers are right or wrong, not 'judge'"),
  ]

  @Test(arguments: bad)
  func `a mistake is told with its place`(bad: Bad) {
    #expect {
      try Judged.suite(
        2, metrics: bad.metrics, judge: bad.judge, gate: bad.gate, extra: bad.extra,
        record: { _ in bad.record })
    } throws: { error in
      let message = (error as? EvaluationError)?.message ?? "\(error)"
      #expect(message.contains(bad.message), "\(message)")
      return message.contains(bad.message)
    }
  }

  @Test(arguments: ["perplexity", "loglikelihood", "multiple_choice"])
  func `there must be something to judge`(task: String) throws {
    #expect(throws: EvaluationError.self) {
      try Suite(
        yaml: """
          name: n
          task: \(task)
          input: q
          \(task == "perplexity" ? "" : "expected: a")
          \(task == "multiple_choice" ? "choices: [a, b]" : "")
          metrics: [judge]
          \(Judged.rubric)
          cases: [{q: x, a: a}]
          """, file: "s.yaml"
      ) { _ in [] }
    }
  }

  @Test func `without an expected answer there is no reference`() throws {
    func suite(_ more: String) throws -> Suite {
      try Suite(
        yaml: """
          name: n
          task: latency
          input: q
          metrics: [judge]
          judge: {release: j, rubric: r\(more)}
          cases: [{q: x}]
          """, file: "s.yaml"
      ) { _ in [] }
    }
    #expect(try suite("").judge?.showsReference == false)
    #expect(throws: EvaluationError.self) { try suite(", reference: true") }
  }
}

/// What people said, beside what the judge does.
struct HumanAgreementTests {
  private static let judge = "judge: {release: j, rubric: r, human: h}"

  private func judged(
    _ count: Int, _ before: [String], _ after: [String],
    record: (Int) -> String
  ) async throws -> JudgeRecord {
    let suite = try Judged.suite(count, judge: Self.judge, record: record)
    // Answers are scored as they say; the later of two letters is better.
    let judge = ScriptedJudge(
      score: { answer in (1...5).map { answer.hasSuffix("\($0)") ? 1 : 0 } },
      prefer: { $0 > $1 ? "A" : "B" })
    return try await #require(JudgeRunner(suite: suite)).run(
      baseline: Judged.run(suite, "m@v1", before), candidate: Judged.run(suite, "m@v2", after),
      judge: judge.side()
    ).record
  }

  @Test func `scores of the candidate's answers and of texts are compared with the judge's`()
    async throws
  {
    let record = try await judged(
      4, ["b1", "b1", "b1", "b1"], ["c1", "c2", "c4", "c5"],
      record: {
        [
          #","h":1"#, #","h":4"#, #","h":null"#,
          #","h":[{"answer":"x3","score":4},{"answer":"y5","score":5}]"#,
        ][$0]
      })
    let scores = try #require(record.human?.scores)
    // (1, 1), (2, 4), (3, 4), (5, 5)
    #expect(scores.cases == 4 && scores.equal == 2 && scores.withinOne == 3)
    #expect(scores.bias == -0.75)
    #expect(record.human?.preferences == nil && record.human?.isOfSides == true)
    #expect(record.scored == 4 + 4 + 2)
  }

  @Test func `preferences are compared with those that both orders have`() async throws {
    let record = try await judged(
      4, ["b1", "d1", "b1", "x1"], ["c1", "c1", "c1", "x1"],
      record: { [#","h":"candidate""#, #","h":"baseline""#, #","h":"tie""#, #","h":"tie""#][$0] })
    let same = try #require(record.human?.preferences)
    #expect(same.cases == 4 && same.agreeing == 3)
    #expect(record.human?.scores == nil)
  }

  @Test func `texts alone hold whatever the sides answer, and none at all is told`() async throws {
    let texts = try await judged(
      1, ["b1"], ["c1"], record: { _ in #","h":{"answer":"x3","score":3}"# })
    #expect(texts.human?.isOfSides == false && texts.human?.scores?.equal == 1)
    let none = try await judged(1, ["b1"], ["c1"], record: { _ in "" })
    let suite = try Judged.suite(1, judge: Self.judge)
    #expect(none.notes(suite).contains { $0.hasPrefix("No case has a judgement of people in 'h'") })
  }

  @Test func `quadratic kappa and its error equal statsmodels'`() throws {
    for one in try StatisticsFixture.cases("weighted_kappas", of: "inference") {
      let pairs = zip(try one.numbers("first"), try one.numbers("second"))
        .map { (Int($0), Int($1)) }
      let agreement = try #require(WeightedAgreement(pairs))
      #expect(abs(try #require(agreement.kappa) - (try one.number("kappa"))) < 1e-12)
      #expect(abs(try #require(agreement.kappaError) - (try one.number("error"))) < 1e-9)
      #expect(agreement.equal == pairs.count { $0 == $1 })
    }
    let same = try #require(WeightedAgreement([(3, 3), (3, 3)]))
    #expect(same.kappa == nil && same.kappaInterval(confidence: 0.9) == nil && same.equal == 2)
    #expect(WeightedAgreement([]) == nil)
    #expect(WeightedAgreement([(1, 2), (2, 1)])?.kappa == -1)
  }
}
