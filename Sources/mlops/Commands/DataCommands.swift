import ArgumentParser
import Datasets
import Foundation
import JSON
import JSONSchema
import Lifecycle
import MLOpsCore
import ModelRegistry
import SystemPackage

/// `mlops ingest`
struct IngestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingest",
    abstract: "Turn rows into a dataset version; invalid ones go to quarantine.",
    discussion: """
      Valid rows become canonical NDJSON, exact duplicates are dropped and counted, invalid rows go \
      to <name>-quarantine with their line and reason. The same input gives the same digest.

      Databases are only read. A row's line is then its place in the answer, and what JSON has no \
      value for (bytes, NaN) makes its row invalid. The query and the file's digest are recorded \
      with the run. PostgreSQL needs libpq; give its password in PGPASSWORD or ~/.pgpass.

      Exit codes: 0 registered, 65 too many invalid rows (nothing is registered then).
      """)

  @Argument(
    help:
      "Files of rows (NDJSON, JSON, CSV, TSV, Parquet), a folder of texts, or a database to ask with --query: a SQLite file or a postgresql:// address."
  )
  var files: [String]

  @OptionGroup var asked: QueryOption

  @Option(
    help: "The JSON Schema (drafts 4, 6, 7, 2019-09 and 2020-12): a file, or a registered schema.")
  var schema: String

  @Option(help: "The dataset's name.")
  var name: String

  @Option(help: "The share of invalid rows above which nothing is registered.")
  var maxInvalid = "100%"

  @Option(help: "A YAML file with cleaning steps for valid rows (see 'mlops clean').")
  var clean: String?

  @Option(help: "Why, for the history.")
  var reason = ""

  @OptionGroup var arguments: SchemaArguments

  @OptionGroup var global: GlobalOptions

  func validate() throws { try asked.check(files) }

  func run() async throws {
    let workspace = try global.openWorkspace()
    let bar = ProgressBar()
    let outcome = try await Ingest(
      registry: workspace.registry(), allowsRemote: arguments.allowRemote
    ).run(
      try asked.inputs(files), schema: schema, name: try ArtifactName(name),
      maxInvalid: try ShareArgument.parse(maxInvalid),
      cleaning: try clean.map { try CleaningFile.load(FilePath($0)) } ?? CleaningPipeline([]),
      reason: reason, progress: bar.handler)
    bar.finish()
    let terminal = global.terminal
    let record = outcome.dataset.record
    let head =
      outcome.dataset.isNew
      ? "ingested \(terminal.bold(record.reference.description))"
      : "unchanged: these rows are \(terminal.bold(record.reference.description)) already"
    var lines = ["\(head)  \(outcome.report.text)"]
    if let quarantine = outcome.quarantine {
      lines.append(
        "quarantined as \(quarantine.record.reference)"
          + terminal.dim("  mlops export \(quarantine.record.reference) <folder> lays it out"))
    }
    lines.append(terminal.dim(record.digest.description))
    terminal.result(outcome.document, text: lines.joined(separator: "\n"))
  }
}
