import JSON
import MLOpsCore

/// What the numbers rest on: the gate, seeds, digests and where it ran.
struct PageSettings {
  let report: EvaluationReport
  let facts: [(name: String, value: String)]

  var html: String {
    """
    <section id="settings"><h2>Settings</h2>
    <dl class="facts">
    \((own + facts).map { "<div><dt>\(HTMLText.escape($0.name))</dt><dd>\(HTMLText.escape($0.value))</dd></div>" }.joined(separator: "\n"))
    </dl>
    <details><summary>The gate</summary><pre>\(HTMLText.escape(report.suite.gate.json.pretty, limit: .max))</pre></details>
    </section>
    """
  }

  private var own: [(name: String, value: String)] {
    [
      ("suite", "\(report.suite.name) (\(report.suite.taskName))"),
      ("suite digest", report.suiteDigest.description),
      ("baseline", report.baseline.label),
      ("baseline digest", report.baseline.release.description),
      ("candidate", report.candidate.label),
      ("candidate digest", report.candidate.release.description),
      ("sampling seed", "\(report.baseline.seed)"),
      (
        "bootstrap",
        "\(Quantity.grouped(Int64(report.bootstrap.resamples))) resamples, seed \(report.bootstrap.seed)"
      ),
      ("alpha", "\(report.suite.gate.alpha)"),
    ]
  }
}
