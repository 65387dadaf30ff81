import ArgumentParser
import Datasets
import Foundation
import JSON
import JSONSchema
import Lifecycle
import MLOpsCore

/// `mlops validate`
struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check rows of NDJSON, JSON, CSV, Parquet or a database against a JSON Schema.",
    discussion: """
      Needs no workspace unless the schema is a registered one. Every row is checked. The first \
      --max-errors violations are shown as file:line:column with a JSON Pointer; all are counted, and \
      grouped by the keyword that is violated and the place in the row. gzip and Zstandard are \
      decompressed.

      How rows lie in a file is told by its name and beginning; --shape says it otherwise: ndjson \
      (one row a line), array (the elements of one JSON array), json (the whole file is one value, \
      over any number of lines), csv, tsv.

      A table (.csv, .tsv) begins with a header; its cells have the types that the schema declares \
      for the columns, and what is wrong with the header is told once. A first line such as sep=; \
      says what separates the fields.

      A $ref in a schema leads to files beside it and below, to registered schemas (by their $id, or \
      as registry:name@v2), to the metaschemas of all drafts, and with --allow-remote to the network.

      Exit codes: 0 valid, 65 invalid, 1 a file could not be read (the others are checked all the \
      same). docs/validate.md describes what is printed.
      """)

  @Argument(
    help: "Files of rows; - is the standard input, postgresql://… a database to ask with --query.")
  var files: [String]

  @OptionGroup var asked: QueryOption

  @Option(
    help: "The JSON Schema (drafts 4, 6, 7, 2019-09 and 2020-12): a file, or a registered schema.")
  var schema: String

  @Option(parsing: .unconditional, help: "How many violations to show; all are counted.")
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
    guard !(global.json && github) else {
      throw ValidationError("--json and --github are one or the other.")
    }
    if let junit {
      try ReportFile.check(junit, option: "--junit", sparing: files + [schema])
    }
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
    if let output { return try printOutputs(output, validate, settings) }
    let bar = ProgressBar()
    let reports = try reports(validate, settings, bar.handler)
    bar.finish()
    if let junit {
      try OutputFile.write(ValidationReport.junit(reports), to: junit)
    }
    if reports.count == 1, let failure = reports[0].failure {
      if github { global.terminal.say(ValidationReport.annotations(reports)) }
      FailurePrinter.print(failure, as: global.json ? .document : .text)
      throw ExitCode(failure.kind.exitCode)
    }
    let isValid = reports.allSatisfy(\.isValid)
    global.terminal.result(
      ["valid": .bool(isValid), "files": .array(reports.map(\.json))],
      text: github
        ? ValidationReport.annotations(reports) : reports.map(\.text).joined(separator: "\n"))
    for failure in reports.compactMap(\.failure) where !global.json {
      global.terminal.note(FailurePrinter.text(failure))
    }
    try end(isValid: isValid, reports.compactMap(\.failure))
  }

  /// A gate of CI has a report of what could not be done, too: that of an earlier run would stand for
  /// it, or none.
  private func reports(
    _ validate: Validate, _ settings: Validate.Settings, _ progress: @escaping ProgressHandler
  ) throws -> [ValidationReport] {
    let isGate = github || junit != nil
    do {
      return try validate.run(
        try asked.inputs(files), settings, reportsOnlyInput: isGate, progress: progress)
    } catch {
      let failure = FailureReport(error)
      guard isGate, failure.kind != .cancelled else { throw error }
      return [ValidationReport(file: schema, failure: failure)]
    }
  }

  /// One object a row; files that cannot be read are told of on stderr.
  private func printOutputs(
    _ format: String, _ validate: Validate, _ settings: Validate.Settings
  ) throws {
    let format = try WordArgument.parse(format, as: "--output", of: SchemaOutputFormat.self)
    var failures: [FailureReport] = []
    let isValid = try validate.outputs(
      try asked.inputs(files), settings, format: format,
      fail: {
        failures.append($0)
        global.terminal.note(FailurePrinter.text($0))
      }
    ) {
      Terminal.write($0.canonical, to: STDOUT_FILENO)
    }
    try end(isValid: isValid, failures)
  }

  /// Ends with the worst exit code: a file that could not be read is worse than invalid rows.
  private func end(isValid: Bool, _ failures: [FailureReport]) throws {
    let invalid = FailureKind.invalidInput.exitCode
    if let worse = failures.map(\.kind.exitCode).first(where: { $0 != invalid }) {
      throw ExitCode(worse)
    }
    if !isValid { throw ExitCode(invalid) }
  }
}
