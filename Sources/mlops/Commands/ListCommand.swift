import ArgumentParser
import JSON
import Lifecycle
import MLOpsCore
import ModelRegistry

/// `mlops list`
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List artifacts, or the versions of one.")

  @Argument(help: "The artifact whose versions to list (default: all artifacts).")
  var name: String?

  @Option(help: "Only artifacts of this kind.")
  var kind: String?

  @Option(help: "At most this many versions, newest first.")
  var limit = 50

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit is 1 or more.") }
  }

  func run() throws {
    let registry = try global.openWorkspace().registry()
    if let name {
      try listVersions(of: try ArtifactName(name), in: registry)
    } else {
      let kind = try kind.map { try KindArgument.parse($0) }
      listArtifacts(try registry.artifacts(kind: kind))
    }
  }

  private func listArtifacts(_ artifacts: [ArtifactSummary]) {
    let terminal = global.terminal
    guard !artifacts.isEmpty || terminal.json else {
      terminal.say("Nothing is registered yet. Next: mlops add <file or folder>")
      return
    }
    terminal.result(
      ["artifacts": .array(artifacts.map(\.document))],
      text: terminal.table(
        ["NAME", "KIND", "NEWEST", "VERSIONS>", "SIZE>", "ALIASES", "UPDATED"],
        artifacts.map { artifact in
          [
            artifact.name.description, artifact.kind.rawValue,
            artifact.newest?.description ?? "–", "\(artifact.versionCount)",
            Quantity.bytes(artifact.totalSize),
            artifact.aliases.sorted { $0.key < $1.key }.map { "\($0.key)→\($0.value)" }
              .joined(separator: " "),
            VersionText.age(artifact.updatedAt),
          ]
        }))
  }

  private func listVersions(of name: ArtifactName, in registry: Registry) throws {
    _ = try registry.resolve(.newest(name))
    let versions = try registry.versions(of: name, limit: limit, before: nil)
    let terminal = global.terminal
    terminal.result(
      ["versions": .array(versions.map(\.document))],
      text: terminal.table(
        ["VERSION", "DIGEST", "SIZE>", "WHAT", "ALIASES", "ADDED", "BY", "REASON"],
        versions.map { version in
          [
            version.version.description, version.digest.short,
            Quantity.bytes(version.manifest.size),
            VersionText.summary(version).joined(separator: ", "),
            version.aliases.map(\.description).joined(separator: " "),
            VersionText.time(version.createdAt), version.author.name, version.reason,
          ]
        }))
  }
}
