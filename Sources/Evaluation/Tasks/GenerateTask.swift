import Foundation
import JSON

/// The task `generate`: the output is text; white space around it does not count.
enum GenerateTask {
  static func read(_ output: String) -> Answer {
    let text = output.trimmingCharacters(in: .whitespacesAndNewlines)
    return text.isEmpty ? .unreadable(reason: "the output is empty") : .readable(.string(text))
  }
}
