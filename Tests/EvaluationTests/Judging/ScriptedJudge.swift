import Foundation
import JSON
import MLOpsCore
import MLOpsTestKit
import Synchronization

@testable import Evaluation

/// A judge that scores and prefers as closures say, and remembers what it read.
final class ScriptedJudge: Sendable {
  /// How likely each score is, in the order of the scale.
  typealias Score = @Sendable (_ answer: String) throws -> [Double]
  /// The reply, `A`, `B` or `tie`.
  typealias Prefer = @Sendable (_ first: String, _ second: String) throws -> String

  private let read = Mutex<[String]>([])
  private let score: Score
  private let prefer: Prefer

  init(
    score: @escaping Score = { _ in [0, 0, 1, 0, 0] },
    prefer: @escaping Prefer = { _, _ in "tie" }
  ) {
    self.score = score
    self.prefer = prefer
  }

  /// Prompts in the order of the first time that they were read.
  var prompts: [String] { read.withLock { $0 } }
  var scored: [String] { prompts.compactMap { ScriptedJudge.block("answer", $0) } }

  func side(_ release: String = "judge", label: String = "judge@v1") -> EvaluationSide {
    EvaluationSide(
      label: label, digest: Digest(of: Array(release.utf8)),
      model: MLOpsTestKit.ScriptedModel(scoring: { try self.likelihood($0, $1) }) { _ in [] },
      engine: "e")
  }

  /// What stands between two fences.
  static func block(_ name: String, _ prompt: String) -> String? {
    guard let begin = prompt.firstRange(of: "<<<\(name)>>>\n"),
      let end = prompt[begin.upperBound...].firstRange(of: "\n<<<end of \(name)>>>")
    else { return nil }
    return String(prompt[begin.upperBound..<end.lowerBound])
  }

  private func likelihood(_ input: GenerationRequest.Input?, _ reply: String) throws
    -> ContinuationScore
  {
    guard case .chat(let turns)? = input, let prompt = turns.last?.content else {
      throw InferenceError.unsupported(what: "judge this")
    }
    read.withLock { if !$0.contains(prompt) { $0.append(prompt) } }
    let share: Double
    if let answer = ScriptedJudge.block("answer", prompt) {
      let shares = try score(answer)
      let low = try JSONValue(parsing: reply)["score"]?.int ?? 0
      let first = prompt.contains("from 0 ") ? 0 : 1
      share = shares[low - first]
    } else {
      let wanted = try prefer(
        ScriptedJudge.block("answer A", prompt) ?? "", ScriptedJudge.block("answer B", prompt) ?? ""
      )
      share = reply == "{\"better\": \"\(wanted)\"}" ? 0.8 : 0.1
    }
    return ContinuationScore(
      logLikelihood: share == 0 ? -60 : log(share), tokens: 1, isGreedy: false)
  }
}

/// Suites with a judge, and runs of what two sides wrote.
enum Judged {
  static let rubric = "judge: {release: judge@v1, rubric: \"5: right\"}"

  static func suite(
    _ count: Int, metrics: String = "[judge, judge_win]", judge: String = rubric,
    gate: String = "{margin: 0.5, max_failed: 0.5}", extra: String = "",
    record: (Int) -> String = { _ in "" }
  ) throws -> Suite {
    let lines = (0..<count).map {
      #"{"id":"t\#($0)","q":"question \#($0)","a":"right \#($0)"\#(record($0))}"#
    }
    return try Suite(
      yaml: """
        name: judged
        task: generate
        data: cases.ndjson
        input: q
        expected: a
        metrics: \(metrics)
        \(judge)
        gate: \(gate)
        \(extra)
        """, file: "s.yaml", data: { _ in Array(lines.joined(separator: "\n").utf8) })
  }

  /// A run of answers, one or several to a case; nil failed.
  static func run(_ suite: Suite, _ label: String, _ answers: [[String]?]) -> SuiteRun {
    SuiteRun(
      label: label, release: Digest(of: Array(label.utf8)),
      outcomes: zip(suite.cases, answers).map { one, texts in
        guard let texts else { return .failed(reason: "The context is full.") }
        return SuiteRun.Outcome(
          texts.map {
            Sample(
              output: $0, answer: .readable(.string($0)),
              usage: TokenUsage(promptTokens: 1, completionTokens: 1))
          }, to: one, of: suite)
      }, seed: 0)
  }

  static func run(_ suite: Suite, _ label: String, _ answers: [String?]) -> SuiteRun {
    run(suite, label, answers.map { $0.map { [$0] } })
  }

  static func report(_ suite: Suite, _ judged: JudgeRunner.Judged) throws -> EvaluationReport {
    try EvaluationReport(
      suite: suite, baseline: judged.baseline, candidate: judged.candidate,
      bootstrap: PairedBootstrap(resamples: 200, seed: 1), judge: judged.record)
  }
}

extension JudgeRunner.Judged {
  /// What the metric at a place says of each case of a side.
  func values(_ metric: Int, of side: JudgeRecord.Side) -> [Double?] {
    (side == .baseline ? baseline : candidate).outcomes.map { $0.numbers(metric)?[0] }
  }
}
