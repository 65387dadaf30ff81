import ArgumentParser
import Foundation
import JSON
import JSONSchema
import Lifecycle
import MLOpsCore
import SystemPackage

/// `mlops schema`
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Propose, check and compare JSON Schemas.",
    subcommands: [Infer.self, Check.self, Diff.self])

  /// `mlops schema infer`
  struct Infer: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Propose a schema that all readable rows of some files match.",
      discussion: """
        Prints a schema of draft 2020-12; look at it before you rely on it. Rows that cannot be \
        read are left out and counted on stderr, with the first reason.
        """)

    @Argument(help: "Files of rows; tables (CSV, TSV), Parquet and databases too.")
    var files: [String]

    @OptionGroup var asked: QueryOption

    @Flag(help: "Also bounds: the smallest and greatest numbers, lengths and counts seen.")
    var limits = false

    @Flag(help: "Refuse members that no row had (additionalProperties: false).")
    var closed = false

    func validate() throws { try asked.check(files) }

    func run() throws {
      let bar = ProgressBar()
      let inferred = try SchemaWork().infer(
        try asked.inputs(files),
        SchemaInference.Options(addsLimits: limits, closesObjects: closed), progress: bar.handler)
      bar.finish()
      Terminal.write(inferred.schema.pretty, to: STDOUT_FILENO)
      if let first = inferred.firstReason {
        let rows = Quantity.count(Int64(inferred.unreadable), of: "row")
        Terminal.write(
          "warning: \(rows) could not be read and had no say; the first: \(first)",
          to: STDERR_FILENO)
      }
    }
  }

  /// `mlops schema check`
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say what is wrong, and what looks wrong, with schemas.",
      discussion: """
        Errors are what makes a schema unusable; warnings are what it hardly means, such as mistyped \
        keywords, contradictions and keywords without effect. That there are no warnings is no proof \
        that something can be valid.

        Exit codes: 0 usable (there may be warnings), 65 not usable, or warnings with --strict, 1 a \
        schema could not be read (the others are checked all the same), 64 usage.
        """)

    @Argument(help: "Schemas: files, or registered ones.")
    var files: [String]

    @Flag(help: "Warnings are errors: the exit code is 65 where there are any.")
    var strict = false

    @OptionGroup var arguments: SchemaArguments

    @OptionGroup var global: GlobalOptions

    func run() throws {
      let work = SchemaWork(schemas: arguments.schemas(global))
      let reports = try work.check(files, strict: strict)
      let isUsable = reports.allSatisfy { !$0.hasErrors }
      global.terminal.result(
        ["usable": .bool(isUsable), "files": .array(reports.map(\.json))],
        text: reports.map(\.text).joined(separator: "\n"))
      let failures = reports.compactMap(\.failure)
      for failure in failures where !global.json {
        global.terminal.note(FailurePrinter.text(failure))
      }
      // One that could not be read is worse than one that cannot be used.
      let unusable = FailureKind.invalidInput.exitCode
      if let worse = failures.map(\.kind.exitCode).first(where: { $0 != unusable }) {
        throw ExitCode(worse)
      }
      if !isUsable { throw ExitCode(FailureKind.invalidInput.exitCode) }
    }
  }

  /// `mlops schema diff`
  struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say whether data that is valid under one schema stays valid under another.",
      discussion: """
        Compatible is only said where it is proven, and breaking only with an example: a value that \
        the old schema accepts and the new one refuses, tried with both. Anything else is undecided; \
        then validate the old data with the new schema.

        Exit codes: 0 compatible, 100 breaking, 101 undecided, 65 a schema cannot be used, 1 a schema \
        could not be read, 64 usage.
        """)

    @Argument(help: "The old schema: a file, or a registered one.")
    var old: String

    @Argument(help: "The new schema.")
    var new: String

    @OptionGroup var arguments: SchemaArguments

    @OptionGroup var global: GlobalOptions

    func run() throws {
      let report = try SchemaWork(schemas: arguments.schemas(global)).diff(old, new)
      global.terminal.result(report.json, text: report.text)
      switch report.diff.verdict {
      case .compatible: return
      case .breaking: throw ExitCode(FailureKind.regression.exitCode)
      case .undecided: throw ExitCode(FailureKind.inconclusive.exitCode)
      }
    }
  }
}
