import ArgumentParser
import Datasets
import Foundation
import JSON
import Lifecycle
import MLOpsCore
import ModelRegistry
import ModelRuntime
import SystemPackage

/// `mlops augment`
struct AugmentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "augment",
    abstract: "Make synthetic rows of a dataset's rows, each marked and traceable.",
    discussion: """
      'mlops augment DATA --steps augment.yaml --out NAME' makes a dataset; \
      'mlops augment trace NAME LINE' says where a row comes from.
      """,
    subcommands: [Run.self, Trace.self], defaultSubcommand: Run.self)

  /// `mlops augment run`, which is what `mlops augment` does.
  struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a dataset of originals and synthetic rows.",
      discussion: """
        Steps are a YAML list, applied in order to the originals: \
        \(AugmentationPlan.names.joined(separator: ", ")). Each synthetic row has a member that \
        says from which row (the SHA-256 of its canonical text), by which step and as which draw it \
        was made; dropped.ndjson in the version has every variant that was not taken, with the \
        reason. The same rows, steps, seed and model give the same digest on one machine, as long as \
        answers are computed one by one. 'mlops split' keeps \
        synthetic rows with their sources.
        """)

    @Argument(help: "A dataset, or a file of rows.")
    var data: String

    @Option(help: "The YAML file with the steps.")
    var steps: String

    @Option(help: "The dataset's name.")
    var out: String

    @Option(help: "Who paraphrases: a model, an adapter or a release (default: what a step names).")
    var model: String?

    @Option(parsing: .unconditional, help: "Another one gives other variants; 0 or more.")
    var seed = 0

    @Option(help: "The member of a row that holds its mark.")
    var mark = RowMark.defaultName

    @Flag(help: "Leave the originals out.")
    var onlySynthetic = false

    @Option(
      help:
        "A JSON Schema (a file, or a registered one) that synthetic rows must match, their marks taken off."
    )
    var schema: String?

    @Option(help: "Why, for the history.")
    var reason = ""

    @Option(help: "Threads for computing (default: one for a small model, else all cores).")
    var threads: Int?

    @Option(help: "Tokens that a prompt and its answer may have together.")
    var context: Int?

    @Option(
      parsing: .unconditional,
      help: "Answers that are computed together; above 1 is faster, but not repeatable.")
    var slots = 1

    @OptionGroup var global: GlobalOptions

    func validate() throws {
      guard seed >= 0 else { throw ValidationError("--seed is 0 or more.") }
      guard !mark.isEmpty else { throw ValidationError("--mark is a name.") }
    }

    func run() async throws {
      let plan = try AugmentationFile.load(FilePath(steps), model: model)
      let bar = ProgressBar()
      let outcome = try await AugmentDataset(
        registry: global.openWorkspace().registry(),
        configuration: RuntimeConfiguration(
          contextPerSequence: context, slots: slots, threads: threads, reusesPrompts: false)
      ).run(
        AugmentDataset.Request(
          source: data, plan: plan, name: try ArtifactName(out), seed: UInt64(seed), mark: mark,
          onlySynthetic: onlySynthetic, schema: schema, reason: reason),
        progress: bar.handler)
      bar.finish()
      let terminal = global.terminal
      let record = outcome.dataset.record
      let head =
        outcome.dataset.isNew
        ? "made \(terminal.bold(record.label))"
        : "unchanged: these rows are \(terminal.bold(record.label)) already"
      terminal.result(
        outcome.document,
        text: """
          \(head)  \(outcome.report.text)
          \(AugmentationText(outcome.report, terminal).text)
          \(terminal.dim(record.digest.description))
          """)
    }
  }

  /// `mlops augment trace`
  struct Trace: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show from which row a synthetic one was made, or what was made of an original.")

    @Argument(help: "A dataset, or a file of rows.")
    var data: String

    @Argument(help: "The row's line, from 1.")
    var line: Int

    @OptionGroup var global: GlobalOptions

    func validate() throws {
      guard line >= 1 else { throw ValidationError("Lines are counted from 1.") }
    }

    func run() throws {
      let trace = try TraceRow(registry: global.openWorkspace().registry()).run(data, line: line)
      global.terminal.result(trace.document, text: TraceText(trace, global.terminal).text)
    }
  }
}
