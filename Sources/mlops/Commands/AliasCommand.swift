import ArgumentParser
import JSON
import Lifecycle
import MLOpsCore
import ModelRegistry

/// `mlops alias`
struct AliasCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alias", abstract: "Point an alias at a version, remove it, or list them.",
    usage: """
      mlops alias <name>                     list the aliases of an artifact
      mlops alias <reference> <alias>        point the alias at the version
      mlops alias <name> <alias> --remove
      """)

  @Argument(help: "An artifact's name, or the reference of a version.")
  var reference: String

  @Argument(help: "The alias, such as champion.")
  var alias: String?

  @Flag(help: "Remove the alias.")
  var remove = false

  @Option(help: "Why, for the history.")
  var reason = ""

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard !remove || alias != nil else {
      throw ValidationError("--remove needs the alias: mlops alias <name> <alias> --remove")
    }
  }

  func run() throws {
    let registry = try global.openWorkspace().registry()
    // Looked at first: a path must not be added for an alias that cannot be.
    let name = try alias.map { try Alias($0) }
    let version = try ReferenceResolver(registry: registry, announce: global.terminal.note)
      .resolve(reference)
    guard let name else { return try list(of: version.name, in: registry) }
    let terminal = global.terminal
    if remove {
      try registry.removeAlias(name, of: version.name, reason: reason)
      terminal.result(
        ["removed": .string("\(version.name)@\(name)")],
        text: "removed \(version.name)@\(name)")
      return
    }
    let previous = try registry.setAlias(name, of: version.name, to: version, reason: reason)
    terminal.result(
      [
        "alias": .string("\(version.name)@\(name)"),
        "version": .string(version.reference.description),
        "previous": previous.map { .string($0.reference.description) } ?? .null,
      ],
      text: "\(version.name)@\(name) → \(version.version)"
        + (previous.map {
          $0.version == version.version ? "  (as before)" : "  (was \($0.version))"
        } ?? ""))
  }

  private func list(of name: ArtifactName, in registry: Registry) throws {
    let aliases = try registry.aliases(of: name)
    let terminal = global.terminal
    terminal.result(
      [
        "aliases": .array(
          aliases.map {
            [
              "alias": .string($0.alias.description),
              "version": .string($0.version.reference.description),
              "digest": .string($0.version.digest.description),
            ]
          })
      ],
      text: aliases.isEmpty
        ? "\(name) has no aliases"
        : terminal.table(
          ["ALIAS", "VERSION", "DIGEST"],
          aliases.map {
            [$0.alias.description, $0.version.version.description, $0.version.digest.short]
          }))
  }
}
