import MLOpsCore

extension EvaluationReport {
  /// JUnit's XML: a test case for the gate, one for each slice with a margin, and one for each case of
  /// the suite, which fails where the candidate broke it.
  public var junit: String {
    let cases = [gateCase] + sliceCases + suiteCases
    let failures = cases.count { $0.contains("<failure") }
    let errors = cases.count { $0.contains("<error") }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites>
        <testsuite name="\(MarkedUpText.xml(suite.name))" tests="\(cases.count)" failures="\(failures)" errors="\(errors)">
      \(cases.map { "    \($0)" }.joined(separator: "\n"))
          <system-out>\(MarkedUpText.xml(text(examples: 0)))</system-out>
        </testsuite>
      </testsuites>

      """
  }

  /// The verdict with its reasons and what the candidate broke, as GitHub's workflows show them.
  ///
  /// - Parameter examples: how many broken cases are told.
  public func annotations(examples: Int = 10) -> String {
    let layout = ReportLayout(report: self)
    let level =
      switch verdict {
      case .passed: "notice"
      case .failed: "error"
      case .inconclusive: "warning"
      }
    let lines = layout.reasons + decision.notes
    let head =
      "::\(level) title=\(MarkedUpText.workflowProperty("\(suite.name): \(verdict.rawValue)"))"
      + "::\(MarkedUpText.workflowData(lines.joined(separator: "\n")))"
    let broken = layout.flipRows(comparison.broken.prefix(max(0, examples))).map { row in
      "::warning title=\(MarkedUpText.workflowProperty("broken: \(row[0])"))::"
        + MarkedUpText.workflowData(
          "expected \(row[1])\nbaseline \(row[2])\ncandidate \(row[3])")
    }
    return ([head] + broken).joined(separator: "\n")
  }

  private var gateCase: String {
    let reasons = ReportLayout(report: self).reasons
    return switch verdict {
    case .passed: testCase("gate")
    case .failed: testCase("gate", "failure", "failed", reasons)
    case .inconclusive: testCase("gate", "failure", "inconclusive", reasons)
    }
  }

  private var sliceCases: [String] {
    comparison.slices.compactMap { slice in
      guard let margin = suite.gate.sliceMargins[slice.field], let p = slice.pWorse else {
        return nil
      }
      let name = "slice \(slice.field) = \(slice.value)"
      let gain = slice.figures.gain(suite.gate.main.direction)
      guard p <= suite.gate.alpha, gain.difference < -margin else { return testCase(name) }
      let change = Figure.signed(slice.figures.difference, suite.gate.main.metric.unit)
      return testCase(name, "failure", "\(change) (\(PValue.text(p)))", [])
    }
  }

  private var suiteCases: [String] {
    let layout = ReportLayout(report: self)
    let broken = Set(comparison.broken)
    return suite.cases.enumerated().map { index, one in
      let name = "case \(one.id)"
      for (side, run) in [("candidate", candidate), ("baseline", baseline)] {
        if let reason = run.outcomes[index].failure {
          return testCase(name, "error", "the \(side) failed to run", [reason])
        }
      }
      guard broken.contains(index) else { return testCase(name) }
      let row = layout.flipRows([index])[0]
      return testCase(
        name, "failure", "broken by the candidate",
        ["expected \(row[1])", "baseline \(row[2])", "candidate \(row[3])"])
    }
  }

  private func testCase(
    _ name: String, _ kind: String? = nil, _ message: String = "", _ lines: [String] = []
  ) -> String {
    let head =
      "<testcase classname=\"\(MarkedUpText.xml(suite.name))\" name=\"\(MarkedUpText.xml(name))\""
    guard let kind else { return head + "/>" }
    return head + "><\(kind) message=\"\(MarkedUpText.xml(message))\">"
      + MarkedUpText.xml(lines.joined(separator: "\n")) + "</\(kind)></testcase>"
  }
}
