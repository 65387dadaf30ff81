import MLOpsCore

extension ValidationReport {
  /// One line for each violation, as GitHub's workflows show them beside the code.
  ///
  /// - SeeAlso: GitHub's documentation of workflow commands.
  public static func annotations(_ reports: [ValidationReport]) -> String {
    reports.flatMap { report in
      report.violations.map { violation in
        "::error file=\(property(violation.file)),line=\(violation.line),col=\(violation.column)"
          + "::\(data(violation.sentence))"
      }
        + [
          report.isValid
            ? "::notice file=\(property(report.file))::\(Quantity.count(Int64(report.rows), of: "row")), all valid"
            : "::error file=\(property(report.file))::\(Quantity.grouped(Int64(report.invalid))) of "
              + "\(Quantity.count(Int64(report.rows), of: "row")) invalid"
        ]
    }.joined(separator: "\n")
  }

  /// JUnit's XML: a test suite a file, a test case a kind of violation.
  public static func junit(_ reports: [ValidationReport]) -> String {
    var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
    for report in reports {
      let cases = max(report.groups.count, 1)
      xml += "  <testsuite name=\"\(escaped(report.file))\" tests=\"\(cases)\""
      xml += " failures=\"\(report.groups.count)\">\n"
      if report.groups.isEmpty {
        xml += "    <testcase name=\"\(Quantity.count(Int64(report.rows), of: "row"))\"/>\n"
      }
      for group in report.groups {
        let name = group.schemaPointer.isEmpty ? group.keyword : group.schemaPointer
        xml += "    <testcase name=\"\(escaped(name))\">\n"
        xml +=
          "      <failure message=\"\(Quantity.count(Int64(group.count), of: "row")), first on line "
        xml += "\(group.firstLine)\">"
        let shown = report.violations.filter {
          $0.keyword == group.keyword && $0.schemaPointer == group.schemaPointer
        }
        xml += escaped(shown.map(\.text).joined(separator: "\n")) + "</failure>\n    </testcase>\n"
      }
      xml += "  </testsuite>\n"
    }
    return xml + "</testsuites>\n"
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
