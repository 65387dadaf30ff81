import ArgumentParser
import JSON
import Lifecycle
import MLOpsCore
import ModelRegistry

/// `mlops search`
struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Find versions by words in their names, aliases, metadata and reasons.")

  @Argument(help: "Words; each must occur, as the beginning of a word.")
  var words: [String]

  @Option(help: "At most this many.")
  var limit = 20

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit is 1 or more.") }
  }

  func run() throws {
    let registry = try global.openWorkspace().registry()
    let text = words.joined(separator: " ")
    let found = try registry.search(text, limit: limit)
    let terminal = global.terminal
    terminal.result(
      ["versions": .array(found.map(\.document))],
      text: found.isEmpty
        ? "nothing matches '\(text)'"
        : terminal.table(
          ["VERSION", "KIND", "WHAT", "ADDED", "REASON"],
          found.map {
            [
              $0.reference.description, $0.kind.rawValue,
              VersionText.summary($0).joined(separator: ", "), VersionText.time($0.createdAt),
              $0.reason,
            ]
          }))
  }
}
