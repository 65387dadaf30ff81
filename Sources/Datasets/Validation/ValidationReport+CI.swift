import MLOpsCore

extension ValidationReport {
  /// One line for each violation, as GitHub's workflows show them beside the code, and one for each
  /// file with its counts and groups.
  ///
  /// - SeeAlso: GitHub's documentation of workflow commands.
  public static func annotations(_ reports: [ValidationReport]) -> String {
    reports.flatMap { report in
      let shown = report.violations.map { violation in
        "::error file=\(MarkedUpText.workflowProperty(violation.file)),line=\(violation.line),col=\(violation.column)"
          + "::\(MarkedUpText.workflowData(violation.sentence))"
      }
      let hints = report.hints.map {
        "::warning file=\(MarkedUpText.workflowProperty(report.file))::\(MarkedUpText.workflowData($0))"
      }
      return shown + hints + [report.annotation]
    }.joined(separator: "\n")
  }

  private var annotation: String {
    let lines = [failure?.message ?? summary] + groupLines
    let text = MarkedUpText.workflowData(lines.joined(separator: "\n"))
    return "::\(isValid ? "notice" : "error") file=\(MarkedUpText.workflowProperty(file))::\(text)"
  }

  /// JUnit's XML: a test suite a file, a test case a group of violations.
  public static func junit(_ reports: [ValidationReport]) -> String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
      + reports.map(\.suite).joined() + "</testsuites>\n"
  }

  private var suite: String {
    var cases = groups.map { failed($0) }
    if otherViolations > 0 {
      let message = Quantity.count(Int64(otherViolations), of: "more violation")
      cases.append(ValidationReport.failed("other groups", "\(message) in other groups", ""))
    }
    let failures = cases.count
    if let failure {
      cases.append(
        "    <testcase name=\"reading\">\n"
          + "      <error message=\"\(MarkedUpText.xml(failure.message))\"/>\n"
          + "    </testcase>\n")
    } else if cases.isEmpty {
      cases.append("    <testcase name=\"\(MarkedUpText.xml(summary))\"/>\n")
    }
    let notes = ([summary] + hints).map(MarkedUpText.xml).joined(separator: "\n")
    return "  <testsuite name=\"\(MarkedUpText.xml(file))\" tests=\"\(cases.count)\""
      + " failures=\"\(failures)\" errors=\"\(failure == nil ? 0 : 1)\">\n"
      + cases.joined() + "    <system-out>\(notes)</system-out>\n  </testsuite>\n"
  }

  private func failed(_ group: ValidationGroup) -> String {
    let count = Quantity.count(Int64(group.violations), of: "violation")
    let shown = violations.filter { $0.kind == group.kind }.map(\.text)
    return ValidationReport.failed(
      group.name, "\(count) \(group.extent(in: file))", shown.joined(separator: "\n"))
  }

  private static func failed(_ name: String, _ message: String, _ text: String) -> String {
    "    <testcase name=\"\(MarkedUpText.xml(name))\">\n"
      + "      <failure message=\"\(MarkedUpText.xml(message))\">\(MarkedUpText.xml(text))</failure>\n"
      + "    </testcase>\n"
  }
}
