import JSON
import MLOpsCore

@testable import Evaluation

/// Reports that pages are made of.
enum PageReports {
  /// What would act in a page that took it for more than text.
  static let hostile = [
    #"</script><img src=x onerror="document.title='owned'">"#, "<!--<script>", "\u{202E}gnp.exe",
    "a\u{0}b\u{1B}[31m", "\u{2028}\u{2029}", "]]>&lt;b>&", "\u{FEFF}", "\r\n\t",
  ]

  /// A report whose candidate wrote hostile texts, which are also the ids, slices and questions.
  static func hostileReport(_ texts: [String] = PageReports.hostile) throws -> EvaluationReport {
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

  static func numbers(_ count: Int = 60) throws -> EvaluationReport {
    let suite = try Suite.numbered(
      count, gate: "{margin: 0.02, max_failed: 0.1, slices: {짝홀: 0.05}}")
    let base = String(repeating: "rw", count: (count - 2) / 2) + "rf"
    let next = String(repeating: "rrrw", count: (count - 4) / 4) + "wwur"
    return try report(suite, base, next)
  }
}
