import ArgumentParser
import JSON
import Lifecycle
import MLOpsCore
import ModelRegistry

/// `mlops add`
struct AddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Register a file or folder as a new version.",
    discussion: """
      The kind is recognised from the content: GGUF, safetensors, NDJSON, prompts, \
      suites and JSON Schemas (that say so with $schema). Adding the same content again gives the version that is there already.

      --link makes a hard link instead of a copy where that is possible: no space is used, but the \
      file becomes read-only, and whoever changes it all the same damages the registry ('mlops \
      verify' tells).
      """)

  @Argument(help: "A file or a folder.")
  var path: String

  @Option(help: "The artifact's name (default: made of the path).")
  var name: String?

  @Option(help: "One of \(ArtifactKind.allCases.map(\.rawValue).joined(separator: ", ")).")
  var kind: String?

  @Option(
    name: .customLong("from"),
    help: ArgumentHelp(
      "What it was made from, as role=reference; repeatable.", valueName: "role=reference"))
  var ingredients: [String] = []

  @Option(help: ArgumentHelp("A fact, as key=value; repeatable.", valueName: "key=value"))
  var meta: [String] = []

  @Option(help: "An alias to point at the version.")
  var alias: String?

  @Flag(help: "Link instead of copy where possible.")
  var link = false

  @Option(name: .customLong("reason"), help: "Why, for the history.")
  var reason = ""

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let registry = try global.openWorkspace().registry()
    let bar = ProgressBar()
    let alias = try alias.map { try Alias($0) }
    let request = Add.Request(
      path: path, name: try name.map { try ArtifactName($0) },
      kind: try kind.map { try KindArgument.parse($0) },
      ingredients: try ingredients.map {
        let pair = try PairArgument.parse($0, as: "--from role=reference")
        return (role: pair.key, reference: pair.value)
      },
      metadata: Dictionary(
        try meta.map {
          let pair = try PairArgument.parse($0, as: "--meta key=value")
          return (pair.key, JSONValue.string(pair.value))
        }, uniquingKeysWith: { _, last in last }),
      link: link, reason: reason)
    let outcome = try Add(registry: registry).run(
      request, warn: { global.terminal.note("warning: \($0)") }, progress: bar.handler)
    bar.finish()
    if let alias {
      try registry.setAlias(alias, of: outcome.record.name, to: outcome.record, reason: reason)
    }
    report(outcome)
  }

  private func report(_ outcome: AddOutcome) {
    let record = outcome.record
    var document = record.document.object ?? [:]
    document["is_new"] = .bool(outcome.isNew)
    document["bytes_copied"] = .integer(outcome.bytesCopied)
    document["bytes_linked"] = .integer(outcome.bytesLinked)
    document["bytes_present"] = .integer(outcome.bytesPresent)
    let terminal = global.terminal
    if let defective = record.manifest.metadata["defective_rows"]?.int {
      terminal.note(
        "warning: \(Quantity.count(Int64(defective), of: "line")) of it cannot be read as JSON;"
          + " 'mlops ingest' sets such lines aside")
    }
    let head =
      outcome.isNew
      ? "added \(terminal.bold(record.label))"
      : "unchanged: this content is \(terminal.bold(record.label)) already"
    terminal.result(
      .object(document),
      text: "\(head)  \(record.kind.rawValue), \(Quantity.bytes(record.manifest.size))"
        + VersionText.summary(record).map { ", \($0)" }.joined()
        + "\n\(terminal.dim(record.digest.description))")
  }
}
