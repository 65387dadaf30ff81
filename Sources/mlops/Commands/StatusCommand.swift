import ArgumentParser
import Lifecycle
import MLOpsCore
import ModelRegistry

/// `mlops status`
struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show what every environment points at and what serves it.")

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let workspace = try global.openWorkspace()
    let lines = try await Status(workspace: workspace, registry: workspace.registry()).lines()
    let terminal = global.terminal
    guard !lines.isEmpty || terminal.json else {
      terminal.say(
        "No environment points at anything yet. Next: mlops promote <release> --to production")
      return
    }
    terminal.result(
      Status.document(lines),
      text: terminal.table(
        ["ENVIRONMENT", "RELEASE", "GENERATION>", "SINCE", "BY", "SERVER", "HEALTH"],
        lines.map { line in
          let generation = line.generation
          return [
            generation.environment.description,
            "\(generation.releaseName)@\(generation.releaseVersion)", "\(generation.number)",
            VersionText.age(generation.createdAt), generation.author.name, line.server ?? "–",
            line.health ?? "–",
          ]
        }))
  }
}
