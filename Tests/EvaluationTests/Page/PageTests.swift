import Foundation
import JSON
import MLOpsCore
import Testing

@testable import Evaluation

/// The report as a page: that it needs nothing beside it and that what models wrote is only text.
@Suite(.timeLimit(.minutes(10))) struct PageTests {
  private static let hostile = [
    #"</script><img src=x onerror="document.title='owned'">"#, "<!--<script>", "\u{202E}gnp.exe",
    "a\u{0}b\u{1B}[31m", "\u{2028}\u{2029}", "]]>&lt;b>&", "\u{FEFF}", "\r\n\t",
  ]

  /// A report whose candidate wrote hostile texts, which are also the ids, slices and questions.
  private func hostileReport(_ texts: [String] = PageTests.hostile) throws -> EvaluationReport {
    let lines = texts.enumerated().map { index, text in
      JSONValue.object([
        "id": .string("\(index) \(text)"), "q": .string(text), "a": .string(text),
        "s": .string(text),
      ]).canonical
    }
    let suite = try Suite(
      yaml: """
        name: "</title><script>alert(1)</script>"
        task: generate
        data: d
        input: q
        expected: a
        slices: [s]
        metrics: [accuracy, "contains: </script>"]
        gate: {margin: 0.5}
        """, file: "s.yaml", data: { _ in Array(lines.joined(separator: "\n").utf8) })
    func side(_ label: String, _ outputs: [String]) -> SuiteRun {
      SuiteRun(
        label: label, release: Digest(of: label.utf8),
        outcomes: zip(suite.cases, outputs).map { one, output in
          let answer = ModelAnswer.generated(
            Generation(
              text: output, reason: .stop,
              usage: TokenUsage(promptTokens: 1, completionTokens: 1)))
          return SuiteRun.Outcome([suite.task.sample(of: answer, to: one)], to: one, of: suite)
        }, seed: 0)
    }
    return try EvaluationReport(
      suite: suite, baseline: side("<i>a</i>@v1", texts.map { _ in "no" }),
      candidate: side("b\"onload=x@v2", texts),
      bootstrap: PairedBootstrap(resamples: 100, seed: 1))
  }

  private func numbers(_ count: Int = 60) throws -> EvaluationReport {
    let suite = try Suite.numbered(
      count, gate: "{margin: 0.02, max_failed: 0.1, slices: {짝홀: 0.05}}")
    let base = String(repeating: "rw", count: (count - 2) / 2) + "rf"
    let next = String(repeating: "rrrw", count: (count - 4) / 4) + "wwur"
    return try report(suite, base, next)
  }

  /// What the script of a page reads.
  private func data(_ page: String) throws -> JSONValue {
    let start = try #require(page.range(of: "<script type=\"application/json\" id=\"data\">"))
    let end = try #require(page.range(of: "</script>", range: start.upperBound..<page.endIndex))
    return try JSONValue(parsing: String(page[start.upperBound..<end.lowerBound]))
  }

  @Test func `nothing is loaded, and only the page's own script and style may act`() throws {
    let page = try numbers().html()
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
    let page = try hostileReport().html(facts: [("<b>", "</dd><script>")])
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
    #expect(outputs == PageTests.hostile.map { .string($0) })
  }

  @Test func `a megabyte of output is shown by its beginning, and says so`() throws {
    let long = String(repeating: "가나다 ", count: 100_000)
    let page = try hostileReport(["a", long]).html()
    #expect(page.utf8.count < 1_000_000)
    let output = try data(page)["cases"]?.array?[1].array?[6].array?[0].array?[0].array
    #expect(output?[0].string?.unicodeScalars.count == 20_000)
    #expect(output?[1].int == 380_000)
  }

  @Test func `equal reports are the same page, byte for byte`() throws {
    let facts = [("engine", "x")]
    #expect(
      Array(try numbers().html(facts: facts).utf8) == Array(try numbers().html(facts: facts).utf8))
  }

  @Test func `every case is in it with what became of it`() throws {
    let report = try numbers()
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
    let report = try numbers()
    let page = report.html()
    for reason in report.decision.reasons + report.decision.notes {
      #expect(page.contains(HTMLText.escape(reason)), "\(reason)")
    }
    #expect(page.contains("class=\"verdict passed\"") && page.contains("class=\"margin\""))
    #expect(page.contains("짝홀 = 짝") && page.contains(report.suiteDigest.description))
    #expect(page.components(separatedBy: "<svg").count - 1 == 3 + 1 + 2)
  }

  @Test(.enabled(if: Browser.path != nil, "needs chromium, which this machine has not"))
  func `a browser finds and shows cases`() throws {
    let page = try numbers(200).html()
    func shown(_ hash: String) throws -> (cards: Int, status: String) {
      let dom = try Browser.load(page, hash: hash)
      let status = try #require(dom.firstMatch(of: /class="status"[^>]*>([^<]*)</)).1
      return (dom.components(separatedBy: "<li class=\"case").count - 1, String(status))
    }
    let broken = try shown("")
    #expect(broken.cards == 2 && broken.status == "1–2 of 2 cases", "\(broken)")
    let found = try shown("#tab=all&q=q19")
    #expect(found.cards == 11 && found.status == "1–11 of 11 cases", "\(found)")
    let paged = try shown("#tab=all&q=&page=8")
    #expect(paged.cards == 25 && paged.status == "176–200 of 200 cases", "\(paged)")
    let none = try shown("#tab=all&q=zzz")
    #expect(none.cards == 0 && none.status == "No case.", "\(none)")
  }

  @Test(.enabled(if: Browser.path != nil, "needs chromium, which this machine has not"))
  func `hostile output stays text in a browser, and differing words are marked`() throws {
    let dom = try Browser.load(try hostileReport().html(), hash: "#tab=all&q=")
    #expect(dom.components(separatedBy: "<li class=\"case").count - 1 == PageTests.hostile.count)
    #expect(!dom.contains("<img") && !dom.contains("<title>owned"))
    #expect(dom.contains("<span class=\"control\">U+202E</span>"))
    #expect(dom.contains("<mark>"))
  }
}
