import JSON
import MLOpsCore

/// What the text and the Markdown rendering share: the cells of their tables.
struct ReportLayout {
  let report: EvaluationReport

  var confidence: String { "\(Int((report.suite.gate.confidence * 100).rounded())) %" }

  /// metric, baseline, candidate, difference in points, its interval, p
  var metricRows: [[String]] {
    report.comparison.metrics.map { metric in
      [
        metric.metric.description, Quantity.percent(metric.counts.baseline),
        Quantity.percent(metric.counts.candidate), Points.signed(metric.counts.difference),
        Points.of(metric.difference), PValue.cell(metric.pValue),
      ]
    }
  }

  var metricTitles: [String] {
    ["metric", "baseline", "candidate", "difference", "\(confidence) interval", "p"]
  }

  /// slice, cases, baseline, candidate, difference in points, fixed, broken
  var sliceRows: [[String]] {
    report.comparison.slices.map { slice in
      let measured = slice.counts.total > 0
      return [
        "\(slice.field) = \(slice.value)", "\(slice.counts.total)",
        measured ? Quantity.percent(slice.counts.baseline) : "–",
        measured ? Quantity.percent(slice.counts.candidate) : "–",
        measured ? Points.signed(slice.counts.difference) : "–", "\(slice.counts.fixed)",
        "\(slice.counts.broken)",
      ]
    }
  }

  var sliceTitles: [String] {
    ["slice", "cases", "baseline", "candidate", "difference", "fixed", "broken"]
  }

  /// case, expected, baseline's output, candidate's output
  func flipRows(_ indices: some Sequence<Int>) -> [[String]] {
    indices.map { index in
      let one = report.suite.cases[index]
      return [
        one.id, one.expected.string ?? one.expected.canonical, output(report.baseline, index),
        output(report.candidate, index),
      ]
    }
  }

  /// side, case, reason
  var failedRows: [[String]] {
    [("baseline", report.baseline), ("candidate", report.candidate)].flatMap { name, run in
      report.suite.cases.indices.compactMap { index in
        run.outcomes[index].failure.map { [name, report.suite.cases[index].id, $0] }
      }
    }
  }

  /// side, case, reason
  var unreadableRows: [[String]] {
    [("baseline", report.baseline), ("candidate", report.candidate)].flatMap { name, run in
      report.suite.cases.indices.compactMap { index in
        run.outcomes[index].unreadable.map { [name, report.suite.cases[index].id, $0] }
      }
    }
  }

  /// The reasons, and how many more cases would decide.
  var reasons: [String] {
    report.decision.reasons
      + (report.decision.moreCases.map {
        ["About \(Quantity.grouped(Int64($0))) more cases like these would decide."]
      } ?? [])
  }

  private func output(_ run: SuiteRun, _ index: Int) -> String { run.outcomes[index].output ?? "–" }
}
