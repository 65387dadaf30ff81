import ArgumentParser
import Lifecycle
import MLOpsCore
import ModelRegistry

/// `mlops diff`
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Show what differs between two versions.")

  @Argument(help: "A reference or a path.")
  var left: String

  @Argument(help: "A reference or a path.")
  var right: String

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let resolver = ReferenceResolver(
      registry: try global.openWorkspace().registry(), announce: global.terminal.note)
    let diff = VersionDiff(try resolver.resolve(left), try resolver.resolve(right))
    let terminal = global.terminal
    terminal.result(
      diff.document,
      text: diff.changes.isEmpty
        ? "\(diff.left.label) and \(diff.right.label) have the same content"
        : terminal.table(
          ["SUBJECT", "NAME", diff.left.label, diff.right.label],
          diff.changes.map {
            [$0.subject.rawValue, $0.name, $0.before ?? "–", $0.after ?? "–"]
          }))
  }
}
