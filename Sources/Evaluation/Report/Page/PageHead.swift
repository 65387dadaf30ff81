import MLOpsCore

/// The verdict, why, and what was compared.
struct PageHead {
  let report: EvaluationReport

  private var comparison: Comparison { report.comparison }

  var html: String {
    let layout = ReportLayout(report: report)
    return """
      <header><p class="kind">Evaluation</p><h1>\(HTMLText.escape(report.suite.name))</h1>
      <div class="verdict \(report.verdict.rawValue)"><p class="word"><span aria-hidden="true">\(sign)</span> \(report.verdict.rawValue)</p>
      <ul>\(layout.reasons.map { "<li>\(HTMLText.escape($0))</li>" }.joined())</ul>\(notes)</div>
      <div class="sides">\(side("baseline", report.baseline))\(side("candidate", report.candidate))</div>
      <dl class="glance">\(counts.map { "<div><dt>\($0)</dt><dd>\(Quantity.grouped(Int64($1)))</dd></div>" }.joined())</dl>
      </header>
      """
  }

  private var sign: String {
    switch report.verdict {
    case .passed: "✓"
    case .failed: "✕"
    case .inconclusive: "?"
    }
  }

  private var notes: String {
    let notes = report.decision.notes.map { "<li>\(HTMLText.escape($0))</li>" }
    return notes.isEmpty ? "" : "<ul class=\"notes\">\(notes.joined())</ul>"
  }

  private func side(_ name: String, _ run: SuiteRun) -> String {
    """
    <div class="side \(name)"><p class="kind">\(name)</p><p class="name">\(HTMLText.escape(run.label))</p><p class="digest">\(run.release)</p></div>
    """
  }

  private var counts: [(String, Int)] {
    func unreadable(_ run: SuiteRun) -> Int { run.outcomes.count { $0.unreadable != nil } }
    return [
      ("cases", report.suite.cases.count), ("fixed", comparison.fixed.count),
      ("broken", comparison.broken.count), ("failed to run", comparison.failed.count),
      ("unreadable, baseline", unreadable(report.baseline)),
      ("unreadable, candidate", unreadable(report.candidate)),
    ]
  }
}
