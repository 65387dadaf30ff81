import MLOpsCore

extension EvaluationReport {
  /// The report for a pull request's comment, the verdict first.
  ///
  /// - Parameter examples: how many flips of each sort are shown.
  public func markdown(examples: Int = 10) -> String {
    MarkdownReport(layout: ReportLayout(report: self), examples: max(0, examples)).text
  }
}

struct MarkdownReport {
  let layout: ReportLayout
  let examples: Int

  private var report: EvaluationReport { layout.report }

  var text: String {
    ([head, table(layout.metricTitles, layout.metricRows)]
      + [
        judge, slices, confusions, flips("Broken", report.comparison.broken),
        flips("Fixed", report.comparison.fixed),
      ]
      .compactMap { $0 }).joined(separator: "\n\n") + "\n"
  }

  private var head: String {
    let lines = layout.reasons + report.decision.notes
    return """
      ## \(escape(report.suite.name)): \(report.verdict.rawValue)

      \(lines.map { "- \(escape($0))" }.joined(separator: "\n"))

      \(Quantity.count(Int64(report.suite.cases.count), of: "case")) · baseline \(name(report.baseline)) · candidate \(name(report.candidate))
      """
  }

  private func name(_ run: SuiteRun) -> String {
    "\(escape(run.label)) (`\(run.release.short)`)"
  }

  private var judge: String? {
    report.judge?.lines.map { "- \(escape($0))" }.joined(separator: "\n")
  }

  private var slices: String? {
    layout.sliceRows.isEmpty
      ? nil
      : ([table(layout.sliceTitles, layout.sliceRows)]
        + layout.gaps.map { "- \(escape($0))" }).joined(separator: "\n\n")
  }

  private var confusions: String? {
    let tables = layout.confusionTables.map { one in
      """
      <details><summary>Confusion of \(escape(one.heading))</summary>

      \(table(one.titles, one.rows))

      </details>
      """
    }
    return tables.isEmpty ? nil : tables.joined(separator: "\n\n")
  }

  private func flips(_ title: String, _ indices: [Int]) -> String? {
    guard !indices.isEmpty, examples > 0 else { return nil }
    let rest = indices.count - examples
    return """
      <details><summary>\(title): \(indices.count)</summary>

      \(table(["case", "expected", "baseline", "candidate"], layout.flipRows(indices.prefix(examples)), isText: true))
      \(rest > 0 ? "\n… and \(rest) more\n" : "")
      </details>
      """
  }

  private func table(_ titles: [String], _ rows: [[String]], isText: Bool = false) -> String {
    let rule = titles.indices.map { $0 == 0 || isText ? "---" : "---:" }
    return ([titles, rule] + rows.map { $0.map(escape) })
      .map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }

  /// What a model wrote must not become a table, a link or HTML.
  private func escape(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", "`", "*", "_", "[", "]", "|", "~", "#", "!": result += "\\\(scalar)"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      // A zero-width space: nobody is notified because a model wrote a name. `labeler@v7` is none.
      case "@": result += result.last?.isLetter == true ? "@" : "@\u{200B}"
      case _ where scalar.value < 0x20: result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
