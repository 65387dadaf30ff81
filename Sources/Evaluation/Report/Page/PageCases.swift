import JSON
import MLOpsCore

/// Every case of a report with its answers, as data that the page's script searches and shows.
struct PageCases {
  let report: EvaluationReport

  /// Characters of all texts of a page: more than these make a browser slow.
  private static let budget = 60_000_000

  var html: String {
    """
    <section id="cases"><h2>Cases</h2>
    <noscript><p class="note">The cases are searched and shown by a script, which this reader does not run.</p></noscript>
    <div class="tools" hidden>
    <div role="tablist" aria-label="Which cases" class="tabs"></div>
    <label class="search"><span>Search</span><input type="search" autocomplete="off" spellcheck="false" placeholder="id, question, expected, outputs, slices"></label>
    </div>
    <p class="status" role="status" aria-live="polite"></p>
    <div role="tabpanel" id="case-list" aria-label="Cases"><ol class="cases" tabindex="-1"></ol></div>
    <nav class="pages" aria-label="Pages of cases" hidden></nav>
    <p class="note keys" hidden><kbd>/</kbd> search · <kbd>j</kbd> <kbd>k</kbd> next and previous case · <kbd>n</kbd> <kbd>p</kbd> next and previous page</p>
    <script type="application/json" id="data">\(HTMLText.json(data))</script>
    </section>
    """
  }

  /// `limit`, and `cases`: each `[id, kind, question, expected, slices, baseline, candidate]` with the
  /// kind `fixed`, `broken`, `failed` or empty, and a side `[outputs, value, state, reason]`, the state
  /// `unreadable`, `failed` or empty.
  private var data: JSONValue {
    let limit = limit
    let fixed = Set(report.comparison.fixed)
    let broken = Set(report.comparison.broken)
    let failed = Set(report.comparison.failed)
    let main = report.suite.metrics.firstIndex(of: report.suite.gate.main.metric) ?? 0
    let cases = report.suite.cases.enumerated().map { index, one -> JSONValue in
      let kind =
        failed.contains(index)
        ? "failed" : fixed.contains(index) ? "fixed" : broken.contains(index) ? "broken" : ""
      let question = one.record[report.suite.input].map { $0.string ?? $0.canonical } ?? ""
      let slices = report.suite.slices.map { "\($0) = \(one.slices[$0] ?? "")" }
      return [
        PageCases.name(one.id), .string(kind), PageCases.text(question, limit),
        PageCases.text(one.label.string ?? one.label.canonical, limit),
        PageCases.name(slices.joined(separator: " · ")),
        side(report.baseline.outcomes[index], main, limit),
        side(report.candidate.outcomes[index], main, limit),
      ]
    }
    return ["limit": .integer(limit), "cases": .array(cases)]
  }

  private var limit: Int {
    let texts = report.suite.cases.count * (2 + 2 * report.suite.task.samples)
    return min(20_000, max(500, PageCases.budget / max(1, texts)))
  }

  private func side(_ outcome: SuiteRun.Outcome, _ main: Int, _ limit: Int) -> JSONValue {
    switch outcome {
    case .failed(let reason): return [[], "", "failed", PageCases.name(reason)]
    case .answered(let samples, _):
      let metric = report.suite.gate.main.metric
      let value = outcome.numbers(main).map(metric.value)
      let isJudged = metric.definition is any RightOrWrong
      let text =
        value.map { value in
          isJudged && (value == 0 || value == 1)
            ? (value == 1 ? "right" : "wrong") : Figure.value(value, metric.unit)
        } ?? ""
      let outputs = samples.map { sample in
        sample.output ?? sample.answer.value.map { $0.string ?? $0.canonical } ?? ""
      }
      return [
        .array(outputs.map { PageCases.text($0, limit) }), .string(text),
        .string(outcome.unreadable == nil ? "" : "unreadable"),
        PageCases.name(outcome.unreadable ?? ""),
      ]
    }
  }

  private static func name(_ text: String) -> JSONValue { .string(HTMLText.cut(text, 500)) }

  /// The beginning of a text, with how many characters were left out: `[text, left out]`; a text that
  /// fits is itself.
  private static func text(_ text: String, _ limit: Int) -> JSONValue {
    let scalars = text.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
      end < scalars.endIndex
    else { return .string(text) }
    return [
      .string(String(scalars[..<end])), .integer(scalars.distance(from: end, to: scalars.endIndex)),
    ]
  }
}
