import ArgumentParser
import Datasets
import Foundation
import JSON
import JSONSchema
import Lifecycle
import MLOpsCore
import ModelRegistry
import SystemPackage

/// `mlops validate`
struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check rows of NDJSON, JSON, CSV, Parquet or a database against a JSON Schema.",
    discussion: """
      Needs no workspace unless the schema is a registered one. Every row is checked; errors are shown as file:line:column with a JSON \
      Pointer, and invalid rows are counted by the keyword that they violate first. gzip and \
      Zstandard are decompressed.

      A table (.csv, .tsv) begins with a header; its cells have the types that the schema declares \
      for the columns, and what is wrong with the header is told once.

      A $ref in a schema leads to files beside it and below, to registered schemas (by their $id, or \
      as registry:name@v2), to the metaschemas of all drafts, and with --allow-remote to the network.

      Exit codes: 0 valid, 65 invalid.
      """)

  @Argument(
    help: "Files of rows; - is the standard input, postgresql://… a database to ask with --query.")
  var files: [String]

  @OptionGroup var asked: QueryOption

  @Option(
    help: "The JSON Schema (drafts 4, 6, 7, 2019-09 and 2020-12): a file, or a registered schema.")
  var schema: String

  @Option(parsing: .unconditional, help: "How many errors to show; all invalid rows are counted.")
  var maxErrors = 20

  @Option(
    help:
      "ndjson (one row a line), array (of rows), json (one value), csv or tsv; told by name and content."
  )
  var shape: String?

  @Option(help: "Threads (default: the number of cores).")
  var threads: Int?

  @Flag(help: "Do not check 'format', as the specification's default is.")
  var ignoreFormats = false

  @Flag(help: "Print annotations for GitHub's workflow log instead of text.")
  var github = false

  @Option(help: "Also write a JUnit report to this file.")
  var junit: String?

  @Option(
    help: ArgumentHelp(
      "One JSON object a row in the specification's output format: flag, basic, detailed or verbose.",
      valueName: "format"))
  var output: String?

  @OptionGroup var arguments: SchemaArguments

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard maxErrors >= 0 else { throw ValidationError("--max-errors is 0 or more.") }
    guard threads.map({ (1...256).contains($0) }) ?? true else {
      throw ValidationError("--threads is 1 to 256.")
    }
    guard files.filter({ $0 == "-" }).count <= 1 else {
      throw ValidationError("The standard input can be read once only.")
    }
    try asked.check(files)
    guard output == nil || !(global.json || github || junit != nil) else {
      throw ValidationError("--output is instead of --json, --github and --junit.")
    }
    if let junit { try ReportFile.check(junit, option: "--junit") }
  }

  func run() throws {
    let shape = try shape.map { text in
      guard let shape = RowShape(rawValue: text) else {
        let known = RowShape.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("'\(text)' is no shape of rows; expected one of \(known).")
      }
      return shape
    }
    let validate = Validate(schemas: arguments.schemas(global))
    let settings = Validate.Settings(
      schema: schema, maxErrors: maxErrors, shape: shape, threads: threads,
      assertsFormats: !ignoreFormats)
    if let output {
      let format = try WordArgument.parse(output, as: "--output", of: SchemaOutputFormat.self)
      let isValid = try validate.outputs(try asked.inputs(files), settings, format: format) {
        Terminal.write($0.canonical, to: STDOUT_FILENO)
      }
      if !isValid { throw ExitCode(FailureKind.invalidInput.exitCode) }
      return
    }
    let bar = ProgressBar()
    let reports = try validate.run(try asked.inputs(files), settings, progress: bar.handler)
    bar.finish()
    if let junit {
      try OutputFile.write(ValidationReport.junit(reports), to: junit)
    }
    let isValid = reports.allSatisfy(\.isValid)
    global.terminal.result(
      ["valid": .bool(isValid), "files": .array(reports.map(\.json))],
      text: github
        ? ValidationReport.annotations(reports) : reports.map(\.text).joined(separator: "\n"))
    if !isValid { throw ExitCode(FailureKind.invalidInput.exitCode) }
  }
}

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
