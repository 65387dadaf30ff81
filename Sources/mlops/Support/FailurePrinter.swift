import ArgumentParser
import Foundation
import JSON
import MLOpsCore

/// Shows a failure: the sentence, what to do, and the code.
enum FailurePrinter {
  /// How a command tells what it does.
  enum Form {
    case text
    /// One object.
    case document
    /// One object a line, to the end.
    case events

    /// - Parameter arguments: of the command line, which need not be well-formed.
    init(of arguments: [String]) {
      self =
        !arguments.contains("--json")
        ? .text : arguments.first == TrainCommand._commandName ? .events : .document
    }
  }

  static func print(_ report: FailureReport, as form: Form) {
    switch form {
    case .text: Terminal.write(text(report), to: STDERR_FILENO)
    case .document: Terminal.write(report.json.pretty, to: STDOUT_FILENO)
    case .events:
      var event = report.json.object ?? [:]
      event["event"] = "error"
      Terminal.write(JSONValue.object(event).canonical, to: STDOUT_FILENO)
    }
  }

  static func text(_ report: FailureReport) -> String {
    var lines = ["error: \(report.message)"]
    if let advice = report.advice { lines.append("  try: \(advice)") }
    lines.append("  code: \(report.code)")
    return lines.joined(separator: "\n")
  }
}
