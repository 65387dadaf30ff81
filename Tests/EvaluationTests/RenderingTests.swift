import Foundation
import JSON
import MLOpsCore
import Testing

@testable import Evaluation

/// The rendered reports, compared with the files in Goldens; `RECORD_GOLDENS=1` writes those anew
/// and fails.
struct RenderingTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "Goldens")

  private func check(_ text: String, against name: String) throws {
    let file = RenderingTests.folder.appending(path: name)
    if ProcessInfo.processInfo.environment["RECORD_GOLDENS"] == "1" {
      try FileManager.default.createDirectory(
        at: RenderingTests.folder, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
      Issue.record("\(name) was recorded; look at it and run again without RECORD_GOLDENS.")
    }
    #expect(text == (try String(contentsOf: file, encoding: .utf8)))
  }

  private func sample() throws -> EvaluationReport {
    let suite = try Suite.numbered(
      60, gate: "{margin: 0.02, max_failed: 0.1, slices: {짝홀: 0.05}}")
    let base = String(repeating: "rw", count: 29) + "rf"
    let next = String(repeating: "rrrw", count: 14) + "wwur"
    return try report(suite, base, next)
  }

  @Test func `the text is the golden one`() throws {
    try check(try sample().text(examples: 3) + "\n", against: "report.txt")
  }

  @Test func `the Markdown is the golden one`() throws {
    try check(try sample().markdown(examples: 3), against: "report.md")
  }

  @Test func `the JSON is the golden one`() throws {
    let suite = try Suite.numbered(4, gate: "{margin: 0.5, max_failed: 0.25}")
    try check(try report(suite, "rwur", "rrwf").json.pretty + "\n", against: "report.json")
  }

  @Test func `styles are only where asked for`() throws {
    #expect(!(try sample().text().contains("\u{1B}")))
    #expect(try sample().text(styled: true).contains("\u{1B}["))
  }

  @Test func `what a model wrote cannot act in Markdown`() throws {
    let suite = try Suite.numbered(1)
    let baseline = run(suite, "a@v1", "r")
    let evil = "|</details><img src=x>@someone [x](y)\n# h"
    let candidate = SuiteRun(
      label: "b@v1", release: Digest(of: Array("b".utf8)),
      outcomes: [
        SuiteRun.Outcome(
          [
            Sample(
              output: evil, answer: .unreadable(reason: "no"),
              usage: TokenUsage(promptTokens: 1, completionTokens: 1))
          ], to: suite.cases[0], of: suite)
      ], seed: 0)
    let text = try EvaluationReport(suite: suite, baseline: baseline, candidate: candidate)
      .markdown()
    #expect(text.contains(#"\|&lt;/details&gt;&lt;img src=x&gt;"#))
    #expect(text.contains("@\u{200B}someone"))
    #expect(!text.contains("<img") && !text.contains("\n# h"))
  }
}
