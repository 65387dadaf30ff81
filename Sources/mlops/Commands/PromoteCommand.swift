import ArgumentParser
import Lifecycle
import MLOpsCore
import ModelRegistry

/// `mlops promote`
struct PromoteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "promote", abstract: "Point an environment at a release, atomically.",
    discussion: """
      The release must have passed an evaluation against what serves now, by the suites that \
      mlops.yaml names for the environment. A running server loads it beside the current release, \
      warms it up and only then swaps; requests in flight finish on the old one.

      Exit codes: 0 promoted, 1 no evidence or refused by the server, 100 the evidence says it is worse.
      """)

  @Argument(help: "A release, or an adapter or model to put in place of its kind.")
  var candidate: String

  @Option(name: .customLong("to"), help: "The environment.")
  var environment: String

  @Option(help: "Why, for the history.")
  var reason = ""

  @Flag(help: "Overrule the gate; needs --reason and stands out in the history.")
  var force = false

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let workspace = try global.openWorkspace()
    let move = try await Promote(workspace: workspace, registry: workspace.registry()).run(
      Promote.Request(
        candidate: candidate, environment: try EnvironmentName(environment), reason: reason,
        force: force))
    MoveText.print(move, global.terminal)
  }
}

/// `mlops rollback`
struct RollbackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback", abstract: "Point an environment back at what served before.",
    discussion: "A rollback is a new generation: nothing of the history is lost.")

  @Argument(help: "The environment.")
  var environment: String

  @Option(
    name: .customLong("to"), parsing: .unconditional,
    help: "The generation to go back to (default: the one before).")
  var generation: Int?

  @Option(help: "Why, for the history.")
  var reason = ""

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let workspace = try global.openWorkspace()
    let move = try await Rollback(workspace: workspace, registry: workspace.registry()).run(
      try EnvironmentName(environment), to: generation, reason: reason)
    MoveText.print(move, global.terminal)
  }
}

/// How the move of a pointer reads.
private enum MoveText {
  static func print(_ move: PointerMove, _ terminal: Terminal) {
    let generation = move.generation
    var lines = [
      "\(terminal.bold("\(generation.environment)")) → \(terminal.bold(move.release.label))"
        + "  generation \(generation.number)\(generation.forced ? terminal.red("  FORCED") : "")",
      "  pointer moved in \(Quantity.duration(move.commitSeconds))",
    ]
    if let server = move.server {
      lines.append(
        "  the server loaded it in \(Quantity.duration(server.prepareSeconds))"
          + " and swapped in \(Quantity.duration(server.swapSeconds)); no request was dropped")
    } else {
      lines.append("  no server is running; the next start serves it")
    }
    terminal.result(move.json, text: lines.joined(separator: "\n"))
  }
}
