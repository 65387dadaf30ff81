import ArgumentParser
import Foundation
import JSON
import Lifecycle
import MLOpsCore
import ModelRegistry
import SystemPackage
import Training

/// `mlops train`
struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a model: with LoRA, on the very GGUF that serves, or all its parameters.",
    discussion: """
      Rows are conversations ({"messages": …} or {"prompt", "completion"}), or records that a prompt \
      makes questions of, with the answer in 'corrected', 'label' or 'answer'. Loss is taken on the \
      answer only; of a text ({"text": …}) on all of it. --base, --data and --out suffice: the rest is chosen by the amount of data, and \
      told. The same inputs, seed and threads give the same adapter.

      --full trains all parameters and makes a model of its own; --from-scratch does so from random \
      ones. Both need a base in F32, F16 or BF16.

      Ctrl-C leaves a checkpoint; --resume goes on from it, bit for bit, with nothing else to be \
      said. With --json every event is an object on a line, the result or the error the last of them.

      Exit codes: 0 trained, or trained again with the same bytes, 1 internal or environmental failure \
      (the message says whether --resume goes on), 64 usage, 65 data, a file of options or a base that \
      cannot be trained with, 100 --reproduce came to other bytes, 130 interrupted.
      """)

  @OptionGroup var arguments: TrainingArguments

  @Option(
    help: ArgumentHelp(
      "A YAML file of these options, with underscores for hyphens; options given here win.",
      valueName: "file"))
  var config: String?

  @Option(
    help: ArgumentHelp(
      "Go on with a run that was stopped or died: run-12, a folder of checkpoints, or one.",
      valueName: "run"))
  var resume: String?

  @Option(
    help: ArgumentHelp(
      "Train an adapter or model again from what its version says, and compare: exit code 100 where it differs.",
      valueName: "version"))
  var reproduce: String?

  @Flag(help: "Tell at the end what each operation of the steps took.")
  var profile = false

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let given = arguments.options
    if reproduce != nil {
      let names =
        given.others(than: TrainingOption.withoutEffectOnResult)
        + (config == nil ? [] : ["config"]) + (resume == nil ? [] : ["resume"])
      if !names.isEmpty {
        throw ValidationError(
          "--reproduce takes what decides about the result from the version; leave out "
            + names.map { "--\($0)" }.joined(separator: ", ") + ".")
      }
    }
    let view = TrainingView(isLive: isatty(STDERR_FILENO) == 1, terminal: global.terminal)
    do {
      try await run(given, view)
    } catch {
      view.finish()
      throw error
    }
  }

  private func run(_ given: TrainingOptions, _ view: TrainingView) async throws {
    let options = try config.map { given.over(try TrainingFile.load(FilePath($0))) } ?? given
    let registry = try global.openWorkspace().registry()
    if let reproduce {
      let outcome = try await Reproduce(registry: registry).run(reproduce, by: given) {
        view.show($0)
      }
      view.finish()
      report(outcome)
      if !outcome.isIdentical { throw ExitCode(FailureKind.regression.exitCode) }
      return
    }
    let resumption = try resume.map { try Resumption($0, in: registry) }
    let outcome = try await Train(registry: registry).run(options, resuming: resumption) {
      view.show($0)
    }
    view.finish()
    report(outcome)
  }

  private func report(_ outcome: Train.Outcome) {
    let (result, terminal) = (outcome.result, global.terminal)
    if terminal.json { return finish(outcome.document, result) }
    let record = outcome.version.record
    var facts = TrainingText.facts(of: result)
    if !result.metrics.isEmpty { facts.append(["rewards", RewardText.long(result.metrics)]) }
    facts.append(["run", outcome.run.description])
    facts.append(["curve", outcome.curve])
    let verb = outcome.version.isNew ? "trained" : "trained again, same bytes as"
    let plot = LinePlot.draw(LossCurve.series(result.history))
    terminal.say(
      "\(verb) \(terminal.bold(record.reference.description))\n\(terminal.pairs(facts))\n"
        + (plot.isEmpty ? "" : (["loss by step"] + plot).joined(separator: "\n") + "\n")
        + profileText(result)
        + terminal.dim(record.digest.description))
  }

  private func report(_ outcome: Reproduce.Outcome) {
    let terminal = global.terminal
    if terminal.json { return finish(outcome.document, outcome.result) }
    let label = terminal.bold(outcome.version.label)
    terminal.say(
      profileText(outcome.result)
        + (outcome.isIdentical
          ? "\(terminal.green("identical")): \(label) was trained again, bit for bit\n"
            + terminal.dim(outcome.trained.description)
          : "\(terminal.red("different")): \(outcome.differingTensors) of \(outcome.tensors) tensors of \(label) differ, "
            + "a number by \(String(format: "%.3g", outcome.greatestDifference)) at most\n"
            + terminal.pairs([
              ["registered", outcome.registered.description],
              ["trained now", outcome.trained.description],
            ])))
  }

  /// What `--profile` adds to the text; ggml's own operations are not measured one by one.
  private func profileText(_ result: TrainingResult) -> String {
    guard profile else { return "" }
    guard !result.operations.isEmpty else {
      return "no profile: operations are measured where oneDNN multiplies\n"
    }
    return global.terminal.table(OperationTable.headings, OperationTable(result).rows) + "\n"
  }

  /// Prints the last events.
  private func finish(_ document: JSONValue, _ result: TrainingResult) {
    if profile, !result.operations.isEmpty {
      Terminal.write(OperationTable(result).json.canonical, to: STDOUT_FILENO)
    }
    var event = document.object ?? [:]
    event["event"] = "result"
    Terminal.write(JSONValue.object(event).canonical, to: STDOUT_FILENO)
  }
}
