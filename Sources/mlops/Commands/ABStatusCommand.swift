import ArgumentParser
import Evaluation
import Foundation
import JSON
import Lifecycle
import MLOpsCore
import ModelRegistry

/// `mlops ab status`
struct ABStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show where a test stands; harm is the exit code.",
    discussion: """
      Looking early is allowed, as often as you like: the interval and the p-value hold at all looks \
      together, and who looks when changes nothing. Harm that was once found stays found.

      Exit codes: 0 better, equivalent, or going on, 100 the candidate does harm, 101 nothing is \
      decided (with --gate only), 1 no such test or other failure, 64 usage, 130 interrupted.
      """)

  @Argument(help: "The test.")
  var name: String

  @Option(help: "Only what happened until then: 2026-11-21 or 2026-11-21T10:00:00Z.")
  var at: String?

  @Flag(help: "Exit with 101 where nothing is decided yet.")
  var gate = false

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let status = try LiveTests(registry: global.openWorkspace().registry())
      .status(name, at: try at.map { try ABArguments.time($0, "--at") })
    let terminal = global.terminal
    terminal.result(status.document, text: ABText(terminal: terminal).status(status.document))
    switch status.decision {
    case .worse: throw ExitCode(100)
    case .goOn where gate: throw ExitCode(101)
    default: break
    }
  }
}

/// `mlops ab stop`
struct ABStopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop", abstract: "End a test and store its result for good.",
    discussion: """
      The result, with all sums, becomes a version of kind evaluation; nothing is recorded for the \
      test afterwards. What serves does not change: 'mlops promote' does that.

      Exit codes: 0 stopped, whatever the result, 1 no such test or it was stopped before, 64 usage, \
      130 interrupted.
      """)

  @Argument(help: "The test.")
  var name: String

  @Option(help: "Why, for the history.")
  var reason = ""

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let (status, evaluation) = try LiveTests(registry: global.openWorkspace().registry())
      .stop(name, reason: reason)
    let terminal = global.terminal
    var document = status.document.object ?? [:]
    document["reference"] = .string(evaluation.label)
    terminal.result(
      .object(document),
      text: ABText(terminal: terminal).status(status.document) + "\n"
        + terminal.dim("stored as \(evaluation.label)"))
  }
}
