import ArgumentParser
import Deployment
import JSON
import Lifecycle
import MLOpsCore
import ModelRegistry

/// `mlops release`
struct ReleaseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release", abstract: "Make a release of a model, an adapter and a prompt.",
    subcommands: [Create.self])

  /// `mlops release create`
  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Register everything that answers a request together, under one digest.",
      discussion: "The same parts give the release that is there already.")

    @Argument(help: "The release's name.")
    var name: String

    @Option(help: "The base model (default: the one that the adapter was made for).")
    var model: String?

    @Option(help: "A LoRA adapter over it.")
    var adapter: String?

    @Option(help: "A prompt.")
    var prompt: String?

    @Option(help: "An embedding model.")
    var embedder: String?

    @Option(help: "An index.")
    var index: String?

    @Option(help: "A guard policy.")
    var `guard`: String?

    @Option(help: "Why, for the history.")
    var reason = ""

    @OptionGroup var global: GlobalOptions

    func run() throws {
      let registry = try global.openWorkspace().registry()
      let outcome = try ReleaseComposer(registry: registry).create(
        try ArtifactName(name),
        parts: ReleaseComposer.Parts(
          model: model, adapter: adapter, prompt: prompt, embedder: embedder, index: index,
          guard: `guard`),
        reason: reason)
      let parts = try outcome.record.manifest.ingredients.map {
        [$0.role, try registry.version(digest: $0.digest)?.label ?? $0.digest.description]
      }
      let terminal = global.terminal
      let verb = outcome.isNew ? "released" : "unchanged: these parts are"
      terminal.result(
        outcome.record.document,
        text: """
          \(verb) \(terminal.bold(outcome.record.label))
          \(terminal.pairs(parts))
          \(terminal.dim(outcome.record.digest.description))
          """)
    }
  }
}
