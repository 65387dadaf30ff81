import MLOpsCore

extension EvaluationReport {
  /// The report for a terminal, the verdict last.
  ///
  /// - Parameters:
  ///   - styled: whether to write ANSI styles.
  ///   - examples: how many flips of each sort, failures and unreadable answers are shown.
  public func text(styled: Bool = false, examples: Int = 5) -> String {
    TextReport(layout: ReportLayout(report: self), styled: styled, examples: max(0, examples))
      .text
  }
}

struct TextReport {
  let layout: ReportLayout
  let styled: Bool
  let examples: Int

  private var report: EvaluationReport { layout.report }

  var text: String {
    ([head, metrics]
      + [judge, slices, confusions, broken, fixed, failed, unreadable].compactMap { $0 } + [
        verdict
      ])
      .joined(separator: "\n\n")
  }

  private var head: String {
    var table = TextTable([.init(""), .init(""), .init("")])
    table.add([
      "suite", report.suite.name, Quantity.count(Int64(report.suite.cases.count), of: "case"),
    ])
    table.add(["baseline", report.baseline.label, report.baseline.release.short])
    table.add(["candidate", report.candidate.label, report.candidate.release.short])
    return table.rendered(styled: styled, header: false)
  }

  private var metrics: String {
    table(layout.metricTitles, layout.metricRows, differenceColumn: 3)
  }

  private var judge: String? { report.judge?.lines.joined(separator: "\n  ") }

  private var slices: String? {
    guard !layout.sliceRows.isEmpty else { return nil }
    return "\(report.suite.gate.main.metric) by slice\n"
      + table(layout.sliceTitles, layout.sliceRows, differenceColumn: 4)
      + layout.gaps.map { "\n" + TextTable.visible($0) }.joined()
  }

  private var confusions: String? {
    let tables = layout.confusionTables.filter { $0.labels <= ReportLayout.labelsInText }
    guard !tables.isEmpty else { return nil }
    return tables.map { one in
      var table = TextTable(
        one.titles.enumerated().map { .init($1, $0 == 0 ? .left : .right, maximumWidth: 24) })
      for row in one.rows { table.add(row) }
      return one.heading + "\n" + table.rendered(styled: styled)
    }.joined(separator: "\n\n")
  }

  private var broken: String? { flips("broken", report.comparison.broken) }
  private var fixed: String? { flips("fixed", report.comparison.fixed) }

  private func flips(_ name: String, _ indices: [Int]) -> String? {
    list(
      "\(name) by the candidate", ["case", "expected", "baseline", "candidate"],
      layout.flipRows(indices), width: 48)
  }

  private var failed: String? {
    list("failed to run", ["side", "case", "reason"], layout.failedRows, width: 100)
  }

  private var unreadable: String? {
    list("not readable", ["side", "case", "reason"], layout.unreadableRows, width: 100)
  }

  private func list(_ name: String, _ titles: [String], _ rows: [[String]], width: Int)
    -> String?
  {
    guard !rows.isEmpty else { return nil }
    var table = TextTable(titles.map { .init($0, maximumWidth: width) })
    for row in rows.prefix(examples) { table.add(row) }
    let rest = rows.count - examples
    return "\(name): \(rows.count)"
      + (examples > 0 ? "\n" + table.rendered(styled: styled, indent: 2) : "")
      + (rest > 0 && examples > 0 ? "\n  … and \(rest) more" : "")
  }

  private func table(_ titles: [String], _ rows: [[String]], differenceColumn: Int) -> String {
    var table = TextTable(
      titles.enumerated().map { .init($1, $0 == 0 ? .left : .right, maximumWidth: 48) })
    for row in rows {
      table.add(
        row.enumerated().map { index, text in
          TextTable.Cell(text, style: index == differenceColumn ? style(text) : .plain)
        })
    }
    return table.rendered(styled: styled)
  }

  private func style(_ difference: String) -> TextTable.Style {
    let isHigherBetter = report.suite.gate.main.direction == .higher
    if difference.hasPrefix("+") { return isHigherBetter ? .green : .red }
    return difference.hasPrefix("−") ? (isHigherBetter ? .red : .green) : .plain
  }

  private var verdict: String {
    let code =
      switch report.verdict {
      case .passed: "32"
      case .failed: "31"
      case .inconclusive: "33"
      }
    let word = report.verdict.rawValue
    let lines = layout.reasons + report.decision.notes.map { "note: \($0)" }
    return (styled ? "\u{1B}[1;\(code)m\(word)\u{1B}[0m" : word) + "\n"
      + lines.map { "  \(TextTable.visible($0))" }.joined(separator: "\n")
  }
}
