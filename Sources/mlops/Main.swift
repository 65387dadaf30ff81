import ArgumentParser
import Dispatch
import Foundation
import MLOpsCore

/// The command line.
struct MLOps: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mlops",
    abstract:
      "Manages the life of a local language model: register, fine-tune, evaluate, promote, roll back.",
    discussion: """
      Exit codes: 0 done or passed, 1 internal or environmental failure, 64 usage, 65 invalid data, \
      100 regression found, 101 inconclusive, 130 interrupted.

      A reference is name, name@v7, name@alias, name@sha256:<8 or more hex>, @environment or \
      @environment~1; where a command takes a reference it also takes a path and adds it.
      """,
    version: BuildVersion.current,
    groupedSubcommands: [
      CommandGroup(
        name: "Registry",
        subcommands: [
          InitCommand.self, AddCommand.self, ListCommand.self, ShowCommand.self, LogCommand.self,
          DiffCommand.self, LineageCommand.self, AliasCommand.self, SearchCommand.self,
          ExportCommand.self,
          VerifyCommand.self, RepairCommand.self, GCCommand.self,
        ]),
      CommandGroup(
        name: "Data",
        subcommands: [
          ValidateCommand.self, SchemaCommand.self, IngestCommand.self, CleanCommand.self,
          DedupCommand.self, AugmentCommand.self, SplitCommand.self, ContaminationCommand.self,
          FeedbackCommand.self,
        ]),
      CommandGroup(
        name: "Model",
        subcommands: [
          TrainCommand.self, EvaluateCommand.self, SuiteCommand.self, ABCommand.self,
          AdapterCommand.self, ModelCommand.self,
        ]),
      CommandGroup(
        name: "Release",
        subcommands: [
          ReleaseCommand.self, PromoteCommand.self, RollbackCommand.self, HistoryCommand.self,
          StatusCommand.self,
        ]),
      CommandGroup(
        name: "Serving", subcommands: [ServeCommand.self, AskCommand.self, DemoCommand.self]),
    ])
}

@main
enum Main {
  /// Runs the command and maps every failure to its exit code; Ctrl-C cancels it.
  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let form = FailurePrinter.Form(of: arguments)
    do {
      try await run(arguments)
    } catch let error as ExitCode {
      Foundation.exit(error.rawValue)
    } catch {
      if form != .text && MLOps.isMistake(error) {
        let message = MLOps.message(for: (error as? CommandMistake)?.error ?? error)
        FailurePrinter.print(UsageFailure(message: message).report, as: form)
        Foundation.exit(FailureKind.usage.exitCode)
      }
      if let mistake = error as? CommandMistake { mistake.exit() }
      if MLOps.isUsage(error) {
        if let help = MLOps.help(error) {
          Terminal.write(help, to: STDOUT_FILENO)
          Foundation.exit(0)
        }
        MLOps.exit(withError: error)
      }
      let report = FailureReport(error)
      FailurePrinter.print(report, as: form)
      Foundation.exit(report.kind.exitCode)
    }
  }

  private static func run(_ arguments: [String]) async throws {
    try refuseUnknownCommand(arguments)
    let command = try MLOps.parseAsRoot(arguments)
    do {
      if let command = command as? any AsyncParsableCommand {
        try await run(command)
      } else {
        // Every step of these is safe to be killed at, so signals keep their own meaning.
        var command = command
        try command.run()
      }
    } catch let error as ValidationError {
      throw CommandMistake(command: type(of: command), error: error)
    }
  }

  private static func run(_ command: any AsyncParsableCommand) async throws {
    var command = command
    // A server ends its requests before it ends itself.
    if command is ServeCommand { return try await command.run() }
    let handed = UncheckedCommand(command)
    // A batch of a large model takes minutes, and its step is worth a checkpoint.
    let patience = command is TrainCommand ? DispatchTimeInterval.seconds(900) : .seconds(20)
    let isLong = command is TrainCommand || command is EvaluateCommand
    try await Interrupt.cancelling(patience: patience, outlivesReaders: isLong) {
      var command = handed.command
      try await command.run()
    }
  }

  /// Options that follow an unknown command are not what is wrong.
  private static func refuseUnknownCommand(_ arguments: [String]) throws {
    guard let name = arguments.first, !name.hasPrefix("-"), name != "help" else { return }
    let known = MLOps.configuration.groupedSubcommands.flatMap(\.subcommands)
      .map { $0._commandName }
    guard !known.contains(name) else { return }
    let hint = Spelling.nearest(to: name, in: known).map { " Did you mean '\($0)'?" } ?? ""
    throw CommandMistake(
      command: MLOps.self, error: ValidationError("There is no command '\(name)'.\(hint)"))
  }
}

/// Commands are values that one task runs.
private struct UncheckedCommand: @unchecked Sendable {
  let command: any AsyncParsableCommand
  init(_ command: any AsyncParsableCommand) { self.command = command }
}

/// A mistyped command line, for `--json`.
private struct UsageFailure: Failure {
  let message: String
  var code: String { "usage" }
  var kind: FailureKind { .usage }
  var report: FailureReport { FailureReport(self) }
}

/// A mistake that a command found in its own arguments: its usage is shown, not the program's.
private struct CommandMistake: Error {
  let command: any ParsableCommand.Type
  let error: ValidationError

  func exit() -> Never {
    let usage = MLOps.usageString(for: command)
    let words = usage.split(separator: " ").prefix { word in !"<[(-".contains { word.first == $0 } }
    Terminal.write(
      "Error: \(error.message)\nUsage: \(usage)\n"
        + "  See '\(words.joined(separator: " ")) --help' for more information.",
      to: STDERR_FILENO)
    Foundation.exit(FailureKind.usage.exitCode)
  }
}

extension MLOps {
  /// Whether the command line was mistyped; help and version are no mistakes.
  static func isMistake(_ error: any Error) -> Bool {
    isUsage(error) && exitCode(for: error) != .success
  }

  /// What a request for help prints: the codes that all commands end with are added where a command
  /// does not tell its own. Nil for anything else, such as the version.
  fileprivate static func help(_ error: any Error) -> String? {
    guard exitCode(for: error) == .success else { return nil }
    let text = fullMessage(for: error)
    guard text.hasPrefix("OVERVIEW:") || text.hasPrefix("USAGE:") else { return nil }
    guard !text.contains("Exit codes:") else { return text }
    return text.trimmingCharacters(in: .newlines) + "\n\nExit codes: \(usualCodes)"
  }

  private static let usualCodes =
    "0 done, 1 internal or environmental failure, 64 usage, 65 invalid data, 130 interrupted."

  /// Whether ArgumentParser itself made the error: help, version, or a mistyped command line.
  static func isUsage(_ error: any Error) -> Bool {
    if error is any Failure || error is CancellationError { return false }
    return error is CleanExit || error is ValidationError || error is CommandMistake
      || String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
  }
}
