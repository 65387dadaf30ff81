import Foundation
import JSON
import MLOpsCore
import Testing

@testable import Evaluation

/// The report as a page: that it needs nothing beside it and that what models wrote is only text.
@Suite(.timeLimit(.minutes(10))) struct PageTests {
  /// What the script of a page reads.
  private func data(_ page: String) throws -> JSONValue {
    let start = try #require(page.range(of: "<script type=\"application/json\" id=\"data\">"))
    let end = try #require(page.range(of: "</script>", range: start.upperBound..<page.endIndex))
    return try JSONValue(parsing: String(page[start.upperBound..<end.lowerBound]))
  }

  @Test func `nothing is loaded, and only the page's own script and style may act`() throws {
    let page = try PageReports.numbers().html()
    for word in ["http:", "https:", "//cdn", " src=", "url(", "@import", "<link", "<iframe"] {
      #expect(!page.contains(word), "\(word)")
    }
    // No attribute runs or styles: the policy would refuse it, and then it would be missing.
    #expect(!page.contains(" style=") && !page.contains(" onclick="))
    let policy = try #require(page.firstMatch(of: /Content-Security-Policy" content="([^"]*)"/)).1
    #expect(policy.hasPrefix("default-src 'none';") && !policy.contains("unsafe"))
    let style = try #require(page.firstMatch(of: /(?s)<style>(.*?)<\/style>/)).1
    let script = try #require(page.firstMatch(of: /(?s)<script>(.*?)<\/script>/)).1
    #expect(policy.contains("style-src \(HTMLText.source(of: String(style)))"))
    #expect(policy.contains("script-src \(HTMLText.source(of: String(script)))"))
    // Of an empty text, as `openssl dgst -sha256 -binary /dev/null | base64` says.
    #expect(
      HTMLText.source(of: "") == "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='")
  }

  @Test func `what a model wrote is text and nothing else`() throws {
    let page = try PageReports.hostileReport().html(facts: [("<b>", "</dd><script>")])
    // The page's data and its script, and no third one; each ends once.
    #expect(page.components(separatedBy: "<script").count == 3)
    #expect(page.components(separatedBy: "</script").count == 3)
    for text in ["<img", "<!--", "<i>a", "<b>\u{0}", "\"onload"] {
      #expect(!page.contains(text), "\(text)")
    }
    let raw = page.unicodeScalars.first { scalar in
      (scalar.value < 0x20 && scalar != "\n") || (0x2028...0x202E).contains(scalar.value)
        || scalar.value == 0xFEFF
    }
    #expect(raw == nil, "\(raw?.value ?? 0)")
    let outputs = try data(page)["cases"]?.array?.map { $0.array?[6].array?[0].array?[0] }
    #expect(outputs == PageReports.hostile.map { .string($0) })
  }

  @Test func `a megabyte of output is shown by its beginning, and says so`() throws {
    let long = String(repeating: "가나다 ", count: 100_000)
    let page = try PageReports.hostileReport(["a", long]).html()
    #expect(page.utf8.count < 1_000_000)
    let output = try data(page)["cases"]?.array?[1].array?[6].array?[0].array?[0].array
    #expect(output?[0].string?.unicodeScalars.count == 20_000)
    #expect(output?[1].int == 380_000)
  }

  @Test func `equal reports are the same page, byte for byte`() throws {
    let facts = [("engine", "x")]
    #expect(
      Array(try PageReports.numbers().html(facts: facts).utf8)
        == Array(try PageReports.numbers().html(facts: facts).utf8))
  }

  @Test func `every case is in it with what became of it`() throws {
    let report = try PageReports.numbers()
    let cases = try #require(try data(report.html())["cases"]?.array)
    #expect(cases.count == 60)
    func ids(_ kind: String) -> [String?] {
      cases.filter { $0.array?[1].string == kind }.map { $0.array?[0].string }
    }
    #expect(ids("fixed") == report.comparison.fixed.map { report.suite.cases[$0].id })
    #expect(ids("broken") == report.comparison.broken.map { report.suite.cases[$0].id })
    #expect(ids("failed") == ["t60"])
    #expect(cases.filter { $0.array?[6].array?[2].string == "unreadable" }.count == 1)
  }

  @Test func `the verdict, the reasons, slices and the margin are readable without the script`()
    throws
  {
    let report = try PageReports.numbers()
    let page = report.html()
    for reason in report.decision.reasons + report.decision.notes {
      #expect(page.contains(HTMLText.escape(reason)), "\(reason)")
    }
    #expect(page.contains("class=\"verdict inconclusive\"") && page.contains("class=\"margin\""))
    #expect(page.contains("짝홀 = 짝") && page.contains(report.suiteDigest.description))
    #expect(page.components(separatedBy: "<svg").count - 1 == 3 + 1 + 2)
  }

  @Test
  func `sections are there where something was measured, and no picture has a place that is none`()
    throws
  {
    let suite = try Suite(
      yaml: """
        name: choices
        task: multiple_choice
        input: q
        expected: a
        choices: [no, yes]
        slices: [s]
        metrics: [accuracy, brier, ece, f1]
        gate: {margin: 0.9, budgets: {bytes: 10}}
        cases:
          - {q: x, a: 1, s: one}
          - {q: y, a: "no", s: two}
          - {q: z, a: "no", s: two}
        """, file: "c.yaml", data: { _ in [] })
    func side(_ label: String, _ scores: [Double], bytes: Int64) -> SuiteRun {
      let outcomes = suite.cases.enumerated().map { index, one in
        // Of the last case no score is a number.
        let answer = ModelAnswer.scores(
          scores.map {
            ContinuationScore(logLikelihood: index == 2 ? .nan : $0, tokens: 1, isGreedy: false)
          })
        return SuiteRun.Outcome([suite.task.sample(of: answer, to: one)], to: one, of: suite)
      }
      return SuiteRun(
        label: label, release: Digest(of: label.utf8), outcomes: outcomes, seed: 0, bytes: bytes)
    }
    let page = try EvaluationReport(
      suite: suite, baseline: side("a", [-1, -2], bytes: 5),
      candidate: side("b", [-2, -1], bytes: 11),
      bootstrap: PairedBootstrap(resamples: 100)
    ).html(facts: [("engine", "one & two")])
    for name in ["metrics", "slices", "confusion", "calibration", "costs", "cases", "settings"] {
      #expect(page.contains("<section id=\"\(name)\">"), "\(name)")
    }
    #expect(page.contains("one &amp; two") && page.contains("class=\"number worse\">11 B"))
    let numbers = page.matches(of: /\s(?:x|y|x1|x2|y1|y2|cx|cy|r|width|height|points)="([^"]*)"/)
    try #require(numbers.count > 100)
    for number in numbers {
      #expect(!number.1.contains(/[a-z]/), "\(number.0)")
    }
    let plain = try PageReports.numbers().html()
    #expect(!plain.contains("id=\"calibration\"") && !plain.contains("id=\"confusion\""))
  }
}
