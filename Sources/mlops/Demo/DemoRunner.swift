import Foundation
import JSON
import MLOpsCore

/// Runs the program itself, command by command, and shows what it says.
///
/// Every step is the very command that a user would type: nothing of the demo is a shortcut.
struct DemoRunner {
  /// The program.
  let executable: URL
  /// The folder with the sample, in which commands run.
  let sample: URL
  /// The temporary workspace.
  let workspace: URL
  let terminal: Terminal

  /// What a command came to.
  struct Outcome {
    let exitCode: Int32
    let output: String

    /// The object that the command printed.
    var json: JSONValue { (try? JSONValue(parsing: output)) ?? .null }
  }

  /// Explains a step in one line and shows its command.
  func explain(_ number: Int, _ text: String, _ arguments: [String]) {
    terminal.say("")
    terminal.say("\(terminal.bold("\(number < 10 ? " " : "")\(number)  \(text)"))")
    show(command: arguments)
  }

  /// Shows a command as a user would type it.
  func show(command arguments: [String]) {
    let words = ["mlops"] + arguments.map(DemoRunner.quoted)
    terminal.say("    \(terminal.dim("$ \(words.joined(separator: " "))"))")
  }

  /// Runs a command and shows its output, indented.
  ///
  /// - Throws: `DemoError` where it ends with another code than expected.
  @discardableResult
  func run(_ arguments: [String], expecting expected: Int32 = 0, isShown: Bool = true) throws
    -> Outcome
  {
    let process = process(arguments)
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let outcome = Outcome(
      exitCode: process.terminationStatus, output: String(decoding: data, as: UTF8.self))
    if isShown { show(outcome.output) }
    guard outcome.exitCode == expected else {
      throw DemoError.unexpectedExit(
        command: arguments.joined(separator: " "), expected: expected, found: outcome.exitCode,
        output: outcome.output)
    }
    return outcome
  }

  /// Starts a command that goes on.
  func start(_ arguments: [String], logging log: URL) throws -> Process {
    let process = process(arguments)
    try Data().write(to: log)
    let handle = try FileHandle(forWritingTo: log)
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    return process
  }

  /// Shows text, indented under its step.
  func show(_ text: String) {
    for line in text.split(separator: "\n", omittingEmptySubsequences: false)
    where !line.isEmpty {
      terminal.say("    \(line)")
    }
  }

  private func process(_ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = sample
    var environment = ProcessInfo.processInfo.environment
    environment["MLOPS_HOME"] = workspace.path
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    return process
  }

  private static func quoted(_ argument: String) -> String {
    argument.contains(where: { " \"'$?!".contains($0) }) ? "\"\(argument)\"" : argument
  }
}

/// What can stop the demo.
enum DemoError: Failure {
  case noSample(startedAt: String)
  case unexpectedExit(command: String, expected: Int32, found: Int32, output: String)
  case serverNotReady(log: String)
  case lostRequests(Int)

  var code: String {
    switch self {
    case .noSample: "demo.no_sample"
    case .unexpectedExit: "demo.unexpected_exit"
    case .serverNotReady: "demo.server_not_ready"
    case .lostRequests: "demo.lost_requests"
    }
  }

  var kind: FailureKind { if case .noSample = self { .notFound } else { .internal } }

  var message: String {
    switch self {
    case .noSample(let path):
      "Expected the sample registry (registry/models/labeler-base.gguf) at '\(path)' or above it."
    case .unexpectedExit(let command, let expected, let found, let output):
      "'mlops \(command)' ended with \(found), expected \(expected):\n\(output)"
    case .serverNotReady(let log): "The server did not answer within 30 s. It said:\n\(log)"
    case .lostRequests(let count):
      "\(count) requests failed while the release was swapped; none may."
    }
  }

  var advice: String? {
    if case .noSample = self {
      "Run it in the project's folder, or name it with --sample."
    } else {
      nil
    }
  }
}
