import MLOpsCore

extension ValidationReport {
  /// One line for each violation, as GitHub's workflows show them beside the code, and one for each
  /// file with its counts and groups.
  ///
  /// - SeeAlso: GitHub's documentation of workflow commands.
  public static func annotations(_ reports: [ValidationReport]) -> String {
    reports.flatMap { report in
      let shown = report.violations.map { violation in
        "::error file=\(property(violation.file)),line=\(violation.line),col=\(violation.column)"
          + "::\(data(violation.sentence))"
      }
      let hints = report.hints.map { "::warning file=\(property(report.file))::\(data($0))" }
      return shown + hints + [report.annotation]
    }.joined(separator: "\n")
  }

  private var annotation: String {
    let lines = [failure?.message ?? summary] + groupLines
    let text = ValidationReport.data(lines.joined(separator: "\n"))
    return "::\(isValid ? "notice" : "error") file=\(ValidationReport.property(file))::\(text)"
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
          + "      <error message=\"\(ValidationReport.escaped(failure.message))\"/>\n"
          + "    </testcase>\n")
    } else if cases.isEmpty {
      cases.append("    <testcase name=\"\(ValidationReport.escaped(summary))\"/>\n")
    }
    let notes = ([summary] + hints).map(ValidationReport.escaped).joined(separator: "\n")
    return "  <testsuite name=\"\(ValidationReport.escaped(file))\" tests=\"\(cases.count)\""
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
    "    <testcase name=\"\(escaped(name))\">\n"
      + "      <failure message=\"\(escaped(message))\">\(escaped(text))</failure>\n"
      + "    </testcase>\n"
  }

  private static func data(_ text: String) -> String {
    text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
  }

  private static func property(_ text: String) -> String {
    data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
  }

  /// XML 1.0 knows no control characters but tab and line ends: they become �.
  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "\t", "\n", "\r": escaped.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
        escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
