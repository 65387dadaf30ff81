import Training

/// What a person can say about a training, on the command line and in a file alike.
///
/// The raw value is the key of the file; an option of the command line has hyphens for underscores.
public enum TrainingOption: String, Sendable, CaseIterable {
  case base, data, out, full
  case fromScratch = "from_scratch"
  case prompt, answer, method, beta, loss
  case labelSmoothing = "label_smoothing"
  case desirableWeight = "desirable_weight"
  case undesirableWeight = "undesirable_weight"
  case targets, rank, alpha, dropout, epochs
  case maxSteps = "max_steps"
  case batchTokens = "batch_tokens"
  case context
  case longRows = "long_rows"
  case accumulate
  case learningRate = "lr"
  case schedule, warmup
  case weightDecay = "weight_decay"
  case clip, seed, threads, precision, weights, recompute
  case evalEvery = "eval_every"
  case validation
  case earlyStop = "early_stop"
  case checkpointEvery = "checkpoint_every"
  case guardSuite = "guard_suite"
  case guardThreshold = "guard_threshold"
  case reason

  /// Those that decide about time and memory, and not about what comes out.
  public static let withoutEffectOnResult: Set<TrainingOption> = [.weights, .recompute]

  /// What its value is.
  public enum Form: Sendable {
    /// True or false.
    case flag
    case text
    case whole
    case number
    /// One text, or several.
    case texts
    /// A text such as `5%` or the name of a dataset, or a number.
    case textOrNumber
  }

  public var form: Form {
    switch self {
    case .full, .fromScratch: .flag
    case .rank, .epochs, .maxSteps, .batchTokens, .context, .accumulate, .seed, .threads,
      .evalEvery, .earlyStop, .checkpointEvery:
      .whole
    case .alpha, .dropout, .learningRate, .warmup, .weightDecay, .clip, .beta, .labelSmoothing,
      .desirableWeight, .undesirableWeight:
      .number
    case .targets, .guardSuite: .texts
    case .validation, .guardThreshold: .textOrNumber
    case .base, .data, .out, .prompt, .answer, .method, .loss, .longRows, .schedule, .precision,
      .weights, .recompute, .reason:
      .text
    }
  }

  /// The option that a setting of `TrainingConfiguration.json` is; nil for those without one.
  init?(setting: String) {
    self.init(rawValue: TrainingConfiguration.option(of: setting))
  }

  /// Its name on the command line, without the hyphens before it: `batch-tokens`.
  public var flag: String { rawValue.replacing("_", with: "-") }
}
