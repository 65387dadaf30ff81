import Foundation
import JSON

/// The task `label`: the whole output, white space around it aside, is one JSON value.
enum LabelTask {
  static func read(_ output: String) -> Answer {
    let text = output.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !text.isEmpty else { return .unreadable(reason: "the output is empty") }
    do {
      return .readable(try JSONValue(parsing: text))
    } catch {
      return .unreadable(
        reason: "not JSON at line \(error.line), column \(error.column): \(error.reason)")
    }
  }
}
