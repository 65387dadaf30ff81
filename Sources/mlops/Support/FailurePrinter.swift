import Foundation
import JSON
import MLOpsCore

/// Shows a failure: the sentence, what to do, and the code.
enum FailurePrinter {
  static func print(_ report: FailureReport, json: Bool) {
    if json {
      Terminal.write(report.json.pretty, to: STDOUT_FILENO)
      return
    }
    Terminal.write(text(report), to: STDERR_FILENO)
  }

  static func text(_ report: FailureReport) -> String {
    var lines = ["error: \(report.message)"]
    if let advice = report.advice { lines.append("  try: \(advice)") }
    lines.append("  code: \(report.code)")
    return lines.joined(separator: "\n")
  }
}
