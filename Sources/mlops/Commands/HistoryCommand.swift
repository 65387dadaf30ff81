import ArgumentParser
import JSON
import Lifecycle
import MLOpsCore
import ModelRegistry

/// `mlops history`
struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract:
      "Show every generation of an environment: what, when, by whom, why, on which evidence.")

  @Argument(help: "The environment.")
  var environment: String

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let registry = try global.openWorkspace().registry()
    let environment = try registry.knownEnvironment(try EnvironmentName(environment))
    let generations = try registry.generations(of: environment)
    let terminal = global.terminal
    let rows = try generations.map { generation in
      [
        "\(generation.number)", "\(generation.releaseName)@\(generation.releaseVersion)",
        generation.forced ? "\(generation.action.rawValue), FORCED" : generation.action.rawValue,
        VersionText.time(generation.createdAt), generation.author.name,
        try generation.evidence.flatMap { try registry.version(digest: $0)?.label } ?? "–",
        generation.reason,
      ]
    }
    terminal.result(
      [
        "environment": .string(environment.description),
        "generations": .array(generations.map(\.document)),
      ],
      text: terminal.table(
        ["#>", "RELEASE", "HOW", "TIME (UTC)", "BY", "EVIDENCE", "REASON"], rows))
  }
}
