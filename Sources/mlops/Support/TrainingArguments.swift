import ArgumentParser
import JSON
import Lifecycle
import Training

/// The options of a training on the command line; what is not given is left to the file of
/// `--config`, the resumed run, or the amount of data.
struct TrainingArguments: ParsableArguments {
  @Option(help: "The model to fine-tune.")
  var base: String?

  @Option(help: "The dataset to learn from.")
  var data: String?

  @Option(help: "The name of the adapter, or of the model with --full.")
  var out: String?

  @Flag(
    help:
      "Train all parameters, which makes a model of its own, instead of an adapter for the base.")
  var full = false

  @Flag(
    help: "Train all parameters from random ones: of the base only shapes and tokeniser are taken.")
  var fromScratch = false

  @Option(help: "The prompt that makes questions of records (sft).")
  var prompt: String?

  @Option(
    help: "The field of records with the answer (sft; default: corrected, label or answer).")
  var answer: String?

  @Option(help: "sft (right answers; default), dpo (pairs of answers) or kto (judged answers).")
  var method: String?

  @Option(
    parsing: .unconditional,
    help: "How much a departure from the base counts (dpo, kto; default: 0.1).")
  var beta: Double?

  @Option(
    help: "sigmoid, ipo or hinge: from a pair's margin to its loss (dpo; default: sigmoid).")
  var loss: String?

  @Option(
    parsing: .unconditional,
    help: "The part of the pairs taken to be the wrong way round, 0 to below 0.5 (dpo).")
  var labelSmoothing: Double?

  @Option(parsing: .unconditional, help: "What a good answer counts (kto; default: 1).")
  var desirableWeight: Double?

  @Option(parsing: .unconditional, help: "What a bad answer counts (kto; default: 1).")
  var undesirableWeight: Double?

  @Option(
    help: ArgumentHelp(
      "Which weights get an adapter: all-linear (default), attention, feed-forward, or modules as GGUF or PEFT calls them, with commas.",
      valueName: "modules"))
  var targets: String?

  @Option(parsing: .unconditional, help: "The inner dimension of the update (default: 16).")
  var rank: Int?

  @Option(parsing: .unconditional, help: "The update is scaled by alpha / rank (default: 32).")
  var alpha: Double?

  @Option(
    parsing: .unconditional,
    help: "The part of the adapter's inputs that is left out at random, 0 to below 1 (default: 0).")
  var dropout: Double?

  @Option(
    parsing: .unconditional, help: "Passes over the data (default: 3 for few rows, 1 for many).")
  var epochs: Int?

  @Option(parsing: .unconditional, help: "Optimiser steps, instead of --epochs.")
  var maxSteps: Int?

  @Option(
    name: .customLong("lr"), parsing: .unconditional,
    help:
      "The greatest learning rate (default: 0.001; 0.00005 for dpo and kto; a tenth with --full).")
  var learningRate: Double?

  @Option(help: "cosine (default), linear or constant.")
  var schedule: String?

  @Option(
    parsing: .unconditional,
    help: "The part of the steps in which the rate rises, 0 to 1 (default: 0.05).")
  var warmup: Double?

  @Option(
    parsing: .unconditional, help: "Tokens in one batch (default: 1024; up to 4096 for much data).")
  var batchTokens: Int?

  @Option(parsing: .unconditional, help: "Batches in one optimiser step (default: 1).")
  var accumulate: Int?

  @Option(help: "auto (default), f32 or bf16: what products compute with.")
  var precision: String?

  @Option(
    help:
      "auto (default), expanded or packed: whether quantised weights are converted once, or for each use from the file (less memory, same adapter)."
  )
  var weights: String?

  @Option(
    help:
      "none (default) or layers: keep only each layer's input and compute the layer again; less memory, more time, the same result."
  )
  var recompute: String?

  @Option(
    name: [.customLong("context"), .customLong("max-length")], parsing: .unconditional,
    help:
      "The longest row in tokens, at most the model's context (default: that, at most 4096).")
  var context: Int?

  @Option(
    help:
      "drop (default), truncate (keeps the end, with the answer) or refuse rows that are longer; they are counted. Texts are cut into several rows, or refused."
  )
  var longRows: String?

  @Option(
    parsing: .unconditional, help: "Decoupled weight decay (default: 0.01; 0.1 from scratch).")
  var weightDecay: Double?

  @Option(
    parsing: .unconditional, help: "The greatest norm of the gradient; 0 is off (default: 1).")
  var clip: Double?

  @Option(
    parsing: .unconditional,
    help: "Decides the start, the order of the rows and which are held out (default: 0).")
  var seed: Int?

  @Option(help: "Threads (default: one for a small model, else the number of cores).")
  var threads: Int?

  @Option(
    help:
      "A dataset, or the share of rows, to validate on and not to train on, drawn by --seed; none (default: 5% from 200 rows on; not for kto)."
  )
  var validation: String?

  @Option(
    parsing: .unconditional,
    help:
      "Steps from one validation to the next (default: a tenth of all); needs rows to validate on.")
  var evalEvery: Int?

  @Option(
    parsing: .unconditional,
    help:
      "Validations without a lower loss that end the training; what was best after the first step is kept."
  )
  var earlyStop: Int?

  @Option(
    parsing: .unconditional,
    help: "Steps from one checkpoint to the next (default: five minutes).")
  var checkpointEvery: Int?

  @Option(
    name: .customLong("guard-suite"),
    help:
      "A suite that the data must not overlap with; repeatable. Refused with the matching spans.")
  var guardSuites: [String] = []

  @Option(
    help:
      "The share of a --guard-suite's cases that may be found all the same (default: 0%).")
  var guardThreshold: String?

  @Option(help: "Why, for the history.")
  var reason: String?

  /// Numbers that are none would be lost on the way.
  func validate() throws {
    for (option, number) in numbers where number.map({ !$0.isFinite }) == true {
      throw ValidationError("--\(option.flag) must be a number; found \(number ?? .nan).")
    }
  }

  private var numbers: [(TrainingOption, Double?)] {
    [
      (.alpha, alpha), (.dropout, dropout), (.learningRate, learningRate), (.warmup, warmup),
      (.weightDecay, weightDecay), (.clip, clip), (.beta, beta), (.labelSmoothing, labelSmoothing),
      (.desirableWeight, desirableWeight), (.undesirableWeight, undesirableWeight),
    ]
  }

  /// What was given.
  var options: TrainingOptions {
    var options = TrainingOptions()
    let texts: [(TrainingOption, String?)] = [
      (.base, base), (.data, data), (.out, out), (.prompt, prompt), (.answer, answer),
      (.method, method), (.loss, loss),
      (.targets, targets), (.schedule, schedule), (.precision, precision), (.weights, weights),
      (.recompute, recompute),
      (.longRows, longRows),
      (.validation, validation), (.guardThreshold, guardThreshold), (.reason, reason),
    ]
    for (option, text) in texts { if let text { options[option] = .string(text) } }
    let wholes: [(TrainingOption, Int?)] = [
      (.rank, rank), (.epochs, epochs), (.maxSteps, maxSteps), (.batchTokens, batchTokens),
      (.accumulate, accumulate), (.context, context), (.seed, seed), (.threads, threads),
      (.evalEvery, evalEvery), (.earlyStop, earlyStop), (.checkpointEvery, checkpointEvery),
    ]
    for (option, whole) in wholes { if let whole { options[option] = .integer(whole) } }
    for (option, number) in numbers { if let number { options[option] = .double(number) } }
    for (option, isSet) in [(TrainingOption.full, full), (.fromScratch, fromScratch)] where isSet {
      options[option] = .bool(true)
    }
    if !guardSuites.isEmpty { options[.guardSuite] = .array(guardSuites.map { .string($0) }) }
    return options
  }
}
