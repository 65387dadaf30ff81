import Foundation
#if canImport(FoundationXML)
  import FoundationXML
#endif
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

  @Test func `the bytes that are stored are the canonical ones`() throws {
    let report = try sample()
    #expect(report.canonicalBytes == report.json.canonicalBytes)
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

/// The reports that machines of CI read.
struct CIReportTests {
  private func sample(_ candidate: String) throws -> EvaluationReport {
    try report(
      try Suite.numbered(6, gate: "{margin: 0.02, max_failed: 0.5, slices: {짝홀: 0.05}}"), "rrrrrf",
      candidate)
  }

  @Test func `JUnit has the gate, the slices and every case`() throws {
    let report = try sample("rwrwrr")
    let parser = XMLParser(data: Data(report.junit.utf8))
    let reader = JUnitReader()
    parser.delegate = reader
    #expect(parser.parse(), "\(report.junit)")
    #expect(reader.counts == ["tests": "9", "failures": "3", "errors": "1"])
    #expect(reader.failed == ["gate", "case t2", "case t4"])
    #expect(reader.erroneous == ["case t6"])
  }

  @Test func `GitHub is told the verdict and what broke, a line each`() throws {
    let text = try sample("rwrwrr").annotations()
    let lines = text.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0].hasPrefix("::warning title=numbers%3A inconclusive::"), "\(lines[0])")
    #expect(
      lines[1]
        == #"::warning title=broken%3A t2::expected {"a":2,"b":"x"}%0Abaseline {"a":2,"b":"x"}%0Acandidate {"a":0,"b":"x"}"#
    )
  }
}

/// Counts what a JUnit file holds.
private final class JUnitReader: NSObject, XMLParserDelegate {
  var counts: [String: String] = [:]
  var failed: [String] = []
  var erroneous: [String] = []
  private var name = ""

  func parser(
    _ parser: XMLParser, didStartElement element: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    switch element {
    case "testsuite": counts = attributes.filter { $0.key != "name" }
    case "testcase": name = attributes["name"] ?? ""
    case "failure": failed.append(name)
    case "error": erroneous.append(name)
    default: break
    }
  }
}
