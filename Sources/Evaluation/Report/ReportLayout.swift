import JSON
import MLOpsCore

/// What the text and the Markdown rendering share: the cells of their tables.
struct ReportLayout {
  let report: EvaluationReport

  var confidence: String { "\(Int((report.suite.gate.confidence * 100).rounded())) %" }

  /// metric, baseline, candidate, difference in points, its interval, p
  var metricRows: [[String]] {
    report.comparison.metrics.map { one in
      let (figures, unit) = (one.figures, one.metric.unit)
      return [
        one.metric.description, Figure.value(figures.baseline, unit),
        Figure.value(figures.candidate, unit), Figure.signed(figures.difference, unit),
        Figure.interval(figures.interval, unit), PValue.cell(figures.pValue),
      ]
    }
  }

  var metricTitles: [String] {
    ["metric", "baseline", "candidate", "difference", "\(confidence) interval", "p"]
  }

  /// slice, cases, baseline, candidate, difference in points, fixed, broken
  var sliceRows: [[String]] {
    report.comparison.slices.map { slice in
      let (figures, unit) = (slice.figures, report.suite.gate.main.metric.unit)
      return [
        "\(slice.field) = \(slice.value)", "\(figures.cases)",
        Figure.value(figures.baseline, unit), Figure.value(figures.candidate, unit),
        Figure.signed(figures.difference, unit), figures.counts.map { "\($0.fixed)" } ?? "–",
        figures.counts.map { "\($0.broken)" } ?? "–",
      ]
    }
  }

  var sliceTitles: [String] {
    ["slice", "cases", "baseline", "candidate", "difference", "fixed", "broken"]
  }

  /// How far slices lie apart, a line for each field.
  var gaps: [String] {
    let unit = report.suite.gate.main.metric.unit
    return report.comparison.gaps.map { gap in
      "\(gap.field): slices \(Figure.amount(gap.candidate, unit)) apart, baseline \(Figure.amount(gap.baseline, unit)) (from \(gap.smallest) to \(gap.largest))"
    }
  }

  /// case, expected, baseline's output, candidate's output
  func flipRows(_ indices: some Sequence<Int>) -> [[String]] {
    indices.map { index in
      let one = report.suite.cases[index]
      return [
        one.id, one.label.string ?? one.label.canonical, output(report.baseline, index),
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
      + (report.decision.moreCases.map { more in
        let cases = more == 1 ? "1 more case" : "\(Quantity.grouped(Int64(more))) more cases"
        return ["About \(cases) like these would decide."]
      } ?? [])
  }

  private func output(_ run: SuiteRun, _ index: Int) -> String { run.outcomes[index].output ?? "–" }
}
