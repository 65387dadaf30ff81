import ArgumentParser
import Foundation
import JSON
import Lifecycle
import MLOpsCore
import ModelRegistry
import Synchronization
import Training

/// `mlops train`
struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Fine-tune a model with LoRA, on the very GGUF that serves.",
    discussion: """
      Rows are conversations ({"messages": …} or {"prompt", "completion"}), or records that a prompt \
      makes questions of, with the answer in 'corrected', 'label' or 'answer'. Loss is taken on the \
      answer only. --method dpo learns of pairs ({"prompt", "chosen", "rejected"}), --method kto of \
      judged answers ({"prompt", "completion", "label"}), as 'mlops feedback build' writes them. \
      The same inputs, seed and threads give the same adapter.
      """)

  @Option(help: "The model to fine-tune.")
  var base: String

  @Option(help: "The dataset to learn from.")
  var data: String

  @Option(help: "The adapter's name.")
  var out: String

  @Option(help: "The prompt that makes questions of records.")
  var prompt: String?

  @Option(help: "The field with the answer.")
  var answer: String?

  @OptionGroup(title: "Method") var methodOptions: MethodOptions

  @Option(parsing: .unconditional, help: "The inner dimension of the update.")
  var rank = TrainingConfiguration().rank

  @Option(parsing: .unconditional, help: "The update is scaled by alpha / rank.")
  var alpha = TrainingConfiguration().alpha

  @Option(
    parsing: .unconditional,
    help: "The part of the adapter's inputs that is left out at random, 0 to below 1.")
  var dropout = TrainingConfiguration().dropout

  @Option(parsing: .unconditional, help: "Passes over the data.")
  var epochs = TrainingConfiguration().epochs

  @Option(
    name: .customLong("lr"), parsing: .unconditional,
    help: "The greatest learning rate (default: 0.001; 0.00005 for dpo and kto).")
  var learningRate: Float?

  @Option(help: "cosine, linear or constant.")
  var schedule = TrainingConfiguration().schedule.rawValue

  @Option(parsing: .unconditional, help: "The part of the steps in which the rate rises, 0 to 1.")
  var warmup = TrainingConfiguration().warmup

  @Option(parsing: .unconditional, help: "Tokens in one optimiser step.")
  var batchTokens = TrainingConfiguration().batchTokens

  @Option(help: "auto, f32 or bf16: what products compute with.")
  var precision = TrainingConfiguration().precision.rawValue

  @Option(help: "The longest row in tokens; longer ones are dropped and counted.")
  var maxLength: Int?

  @Option(parsing: .unconditional, help: "Decoupled weight decay.")
  var weightDecay = TrainingConfiguration().weightDecay

  @Option(parsing: .unconditional, help: "The greatest norm of the gradient; 0 is off.")
  var clip = TrainingConfiguration().clip

  @Option(help: "Decides the start and the order of the rows.")
  var seed = TrainingConfiguration().seed

  @Option(help: "Threads (default: one for a small model, else the number of cores).")
  var threads: Int?

  @Option(
    name: .customLong("guard-suite"),
    help:
      "A suite that the data must not overlap with; repeatable. Refused with the matching spans.")
  var guardSuites: [String] = []

  @Option(help: "The share of a guarded suite's cases that may be found all the same.")
  var guardThreshold = "0%"

  @Option(help: "Why, for the history.")
  var reason = ""

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let workspace = try global.openWorkspace()
    let view = TrainingView(isLive: isatty(STDERR_FILENO) == 1 && !global.json)
    let outcome = try await Train(registry: workspace.registry()).run(
      Train.Request(
        base: base, data: data, prompt: prompt, answer: answer, name: try ArtifactName(out),
        configuration: try settings(), guardSuites: guardSuites,
        guardThreshold: try ShareArgument.parse(guardThreshold), reason: reason),
      onStep: { view.show($0) })
    view.finish()
    report(outcome, losses: view.losses)
  }

  private func settings() throws -> TrainingConfiguration {
    guard let schedule = TrainingConfiguration.Schedule(rawValue: schedule) else {
      let known = TrainingConfiguration.Schedule.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("'\(schedule)' is no schedule; expected \(known).")
    }
    guard let precision = TrainingConfiguration.Precision(rawValue: precision) else {
      let known = TrainingConfiguration.Precision.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("'\(precision)' is no precision; expected \(known).")
    }
    var settings = TrainingConfiguration(method: methodOptions.method)
    settings.precision = precision
    settings.rank = rank
    settings.alpha = alpha
    settings.dropout = dropout
    settings.epochs = epochs
    if let learningRate { settings.learningRate = learningRate }
    settings.schedule = schedule
    settings.warmup = warmup
    settings.batchTokens = batchTokens
    settings.maxLength = maxLength
    settings.weightDecay = weightDecay
    settings.clip = clip
    settings.seed = seed
    settings.threads = threads
    return settings
  }

  private func report(_ outcome: Train.Outcome, losses: [Double]) {
    let (result, terminal) = (outcome.result, global.terminal)
    let record = outcome.adapter.record
    var facts = [
      [
        "loss",
        "\(Quantity.fixed(result.firstLoss, decimals: 3)) → \(Quantity.fixed(result.finalLoss, decimals: 3))"
          + "  \(Sparkline.draw(losses, width: 32))",
      ],
      [
        "speed",
        "\(Quantity.rate(result.tokensPerSecond, unit: "tokens")), \(result.steps) steps in \(Quantity.duration(result.seconds))",
      ],
      ["rows", "\(result.rows) trained on, \(result.droppedRows) dropped"],
      ["run", outcome.run.description],
    ]
    if !result.metrics.isEmpty {
      facts.insert(["rewards", RewardText.long(result.metrics)], at: 1)
    }
    if !result.tooLongRows.isEmpty {
      facts.append(["too long", "rows \(RowList.text(result.tooLongRows))"])
    }
    if !result.answerlessRows.isEmpty {
      facts.append(["no answer", "rows \(RowList.text(result.answerlessRows))"])
    }
    let verb = outcome.adapter.isNew ? "trained" : "trained again, same bytes as"
    terminal.result(
      outcome.document,
      text: "\(verb) \(terminal.bold(record.reference.description))\n\(terminal.pairs(facts))\n"
        + terminal.dim(record.digest.description))
  }
}

/// A few row numbers as text.
private enum RowList {
  static func text(_ rows: [Int]) -> String {
    rows.prefix(8).map(String.init).joined(separator: ", ") + (rows.count > 8 ? " …" : "")
  }
}

/// Shows training as it goes, and keeps the losses for the curve.
private final class TrainingView: Sendable {
  private let state = Mutex<(losses: [Double], drawn: ContinuousClock.Instant?)>(([], nil))
  private let isLive: Bool

  init(isLive: Bool) { self.isLive = isLive }

  var losses: [Double] { state.withLock { $0.losses } }

  func show(_ step: TrainingStep) {
    let line: String? = state.withLock { state in
      state.losses.append(step.loss)
      let now = ContinuousClock.now
      guard isLive, state.drawn.map({ now - $0 > .milliseconds(200) }) ?? true else { return nil }
      state.drawn = now
      let left = Double(step.steps - step.step) * Double(step.tokens) / max(step.tokensPerSecond, 1)
      return "step \(step.step)/\(step.steps)  epoch \(step.epoch)"
        + "  loss \(Quantity.fixed(step.loss, decimals: 3))\(RewardText.short(step.metrics))"
        + "  lr \(String(format: "%.1e", step.learningRate))"
        + "  |g| \(Quantity.fixed(step.gradientNorm, decimals: 2))"
        + "  \(Quantity.rate(step.tokensPerSecond, unit: "tokens"))"
        + "  \(Quantity.clock(left)) left"
    }
    if let line { FileHandle.standardError.write(Data("\r\u{1B}[K\(line)".utf8)) }
  }

  func finish() {
    if isLive { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
  }
}
