import ArgumentParser
import Foundation
import JSON
import Lifecycle
import MLOpsCore
import ModelRegistry

/// `mlops log`
struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Show what happened: every change, by whom and why.",
    discussion: """
      The same history is a git repository: git --git-dir registry/store/history.git log
      """)

  @Argument(help: "An artifact's name, or @environment (default: everything).")
  var subject: String?

  @Option(parsing: .unconditional, help: "At most this many events, newest first.")
  var limit = 30

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit is 1 or more.") }
  }

  func run() throws {
    let registry = try global.openWorkspace().registry()
    var name: ArtifactName?
    var environment: EnvironmentName?
    if let subject {
      if subject.hasPrefix("@") {
        environment = try registry.knownEnvironment(
          try EnvironmentName(String(subject.dropFirst())))
      } else {
        name = try ArtifactName(subject)
        if let name { _ = try registry.resolve(.newest(name)) }
      }
    }
    let events = try registry.events(limit: limit, name: name, environment: environment)
    let terminal = global.terminal
    terminal.result(
      ["events": .array(events.map(\.document))],
      text: terminal.table(
        ["#>", "TIME (UTC)", "WHAT", "SUBJECT", "BY", "REASON"],
        events.map {
          [
            "\($0.sequence)", VersionText.time($0.time),
            $0.action.rawValue.replacingOccurrences(of: "_", with: " "), $0.subject,
            $0.author.name, $0.reason,
          ]
        }))
  }
}
