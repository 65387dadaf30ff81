import ArgumentParser
import Evaluation
import Foundation
import Lifecycle
import MLOpsCore
import ModelRegistry
import ModelRuntime

/// `mlops evaluate`
struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Compare a candidate with a baseline on a suite; the verdict is the exit code.",
    discussion: """
      Both sides see the same cases; differences are paired. The verdict is stored as the evidence \
      that 'mlops promote' asks for.

      Exit codes: 0 passed, 100 regression, 101 inconclusive, 65 invalid suite, 1 could not measure.
      """)

  @Option(help: "The release to judge (or an adapter or model in place of its kind).")
  var candidate: String

  @Option(help: "What to compare it with.")
  var baseline = "@production"

  @Option(help: "The suite.")
  var suite: String

  @Option(
    help: "A YAML file with a gate in place of the suite's own; no evidence for a promotion then.")
  var gate: String?

  @Option(help: "Also write the report as Markdown to this file.")
  var markdown: String?

  @Option(help: "Also write the report as JUnit's XML to this file.")
  var junit: String?

  @Option(help: "Also write every question and answer to this file, a line of JSON each.")
  var logSamples: String?

  @Option(help: "Also write the report as one HTML page to this file, for people to look into.")
  var html: String?

  @Flag(
    help: "Print the verdict and what broke as GitHub's workflow commands, in place of the text.")
  var github = false

  @Option(parsing: .unconditional, help: "How many flips of each kind to show.")
  var examples = 3

  @Flag(help: "Write every text as if it were alone: slower, and independent of --slots.")
  var strict = false

  @Flag(help: "Ask the models anew, and keep what they answer in place of what was kept.")
  var refresh = false

  @Flag(help: "Neither use nor keep what models answered.")
  var noCache = false

  @Option(
    help: "End with 1 (could not measure) where it takes longer than this, such as 90s, 20m or 2h.")
  var timeLimit: String?

  @Flag(
    help: "Evaluate what questions begin with alike anew for each: slower, with the same numbers.")
  var noPrefixSharing = false

  @Option(help: "Why, for the history.")
  var reason = ""

  @OptionGroup var engine: EngineOptions
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard examples >= 0 else { throw ValidationError("--examples is 0 or more.") }
    let files = [
      "--markdown": markdown, "--junit": junit, "--html": html, "--log-samples": logSamples,
    ]
    for (option, path) in files.sorted(by: { $0.key < $1.key }) {
      if let path { try ReportFile.check(path, option: option, sparing: gate.map { [$0] } ?? []) }
    }
    let paths = files.values.compactMap(\.self)
    guard Set(paths).count == paths.count else {
      throw ValidationError("Two reports go to the same file: give each its own.")
    }
    _ = try limit()
    guard !refresh || !noCache else {
      throw ValidationError("--refresh keeps answers and --no-cache keeps none: give one of them.")
    }
    guard !github || !global.json else {
      throw ValidationError("--github and --json both print the report: give one of them.")
    }
  }

  func run() async throws {
    let bar = ProgressBar()
    let registry = try global.openWorkspace().registry()
    var configuration = engine.configuration
    configuration.isStrict = strict
    configuration.sharesPrefixes = !noPrefixSharing
    var request = Evaluate.Request(
      candidate: candidate, baseline: baseline, suite: suite, reason: reason)
    request.timeLimit = try limit()
    request.logsSamples = logSamples != nil
    request.gate = gate
    request.answers = noCache ? .unkept : refresh ? .asked : .found
    let terminal = global.terminal
    let outcome = try await Evaluate(registry: registry, configuration: configuration).run(
      request, warn: { terminal.note("warning: \($0)") }, progress: bar.handler)
    bar.finish()
    if let markdown {
      try OutputFile.write(outcome.report.markdown(), to: markdown)
    }
    if let junit { try OutputFile.write(outcome.report.junit, to: junit) }
    if let logSamples { try OutputFile.write(outcome.report.sampleLog, to: logSamples) }
    if let html { try OutputFile.write(page(of: outcome, configuration), to: html) }
    terminal.result(
      outcome.document,
      text: github
        ? outcome.report.annotations(examples: examples)
        : outcome.report.text(styled: terminal.isColoured, examples: examples)
          + "\n"
          + terminal.dim("stored as \(outcome.evaluation.record.reference)\(found(outcome.report))")
    )
    if outcome.report.verdict.exitCode != 0 { throw ExitCode(outcome.report.verdict.exitCode) }
  }

  private func limit() throws -> Duration? {
    guard let timeLimit else { return nil }
    let limit = try DurationArgument.parse(timeLimit, "90s, 20m or 2h")
    guard limit > .zero else { throw ValidationError("--time-limit must be above 0.") }
    return limit
  }

  private func page(of outcome: Evaluate.Outcome, _ configuration: RuntimeConfiguration)
    -> String
  {
    outcome.report.html(facts: [
      ("evaluation", outcome.evaluation.record.label), ("mlops", BuildVersion.current),
      ("engine", EngineBuild.text(configuration)),
    ])
  }

  /// How many answers needed no model.
  private func found(_ report: EvaluationReport) -> String {
    let count =
      report.baseline.answersFound + report.candidate.answersFound
      + (report.judge?.answersFound ?? 0)
    return count == 0
      ? "" : "; \(Quantity.count(Int64(count), of: "answer")) of earlier evaluations"
  }
}
