/// How a model is trained. What is nil is chosen by the amount of data; see `chosen(for:)`.
public struct TrainingConfiguration: Sendable, Hashable {
  /// How the learning rate goes on after the warm-up.
  public enum Schedule: String, Sendable, CaseIterable {
    /// Down to 0 along half a cosine.
    case cosine
    /// Down to 0 along a line.
    case linear
    case constant
  }

  /// Which numbers are trained.
  public enum Scope: String, Sendable, CaseIterable {
    /// A low-rank adapter; the base stays as it is.
    case adapter
    /// All weights, from the base's on.
    case full
    /// All weights, from random ones on: only architecture, shapes and tokeniser are the base's.
    case fresh
  }

  /// What products compute with; sums are always in F32.
  public enum Precision: String, Sendable, CaseIterable {
    /// BF16 where the base is stored in 16 bits or fewer, F32 where it is stored in F32.
    case automatic = "auto"
    case f32
    case bf16
  }

  /// Where weights lie that products cannot read as the file has them: quantised ones, and F16. Has
  /// no effect on the result.
  public enum Weights: String, Sendable, CaseIterable {
    /// Expanded where that takes at most `WeightPlan.expandedByDefault` bytes and these are free,
    /// else packed.
    case automatic = "auto"
    /// Converted once, in memory.
    case expanded
    /// In the mapped file, converted for each use.
    case packed
  }

  /// What becomes of rows that are longer than allowed; each way they are counted.
  public enum LongRows: String, Sendable, CaseIterable {
    /// Left out.
    case drop
    /// The beginning is cut off: what stays is the end, with the answer.
    case truncate
    /// No training.
    case refuse
  }

  /// What is computed again for the backward part instead of being kept. No effect on the result.
  public enum Recomputation: String, Sendable, CaseIterable {
    case nothing = "none"
    /// Each layer: its input alone is kept. Less memory, more time.
    case layers
  }

  /// What is learned of the rows.
  public var method: TrainingMethod
  public var scope: Scope
  /// The inner dimension of the update, 1…1024.
  public var rank = 16
  /// The update is scaled by alpha / rank; above 0.
  public var alpha: Float = 32
  /// The part of A's inputs that is left out at random in each step, 0..<1.
  public var dropout: Float = 0
  /// Which weights of every block get an adapter; not empty.
  public var targets = Set(TargetModule.allCases)
  /// Passes over the data, at least 1; without meaning where `maxSteps` is set.
  public var epochs: Int?
  /// Optimiser steps, at least 1, in as many passes as they take.
  public var maxSteps: Int?
  /// Positions in one batch, at least 16; a single longer row gets a batch of its own.
  public var batchTokens: Int?
  /// Batches in one optimiser step, at least 1; the loss is the mean over all their answers' tokens.
  public var accumulate = 1
  /// The longest row in tokens, 2 to the model's context. Nil: the latter, at most 4096.
  public var maxLength: Int?
  public var longRows = LongRows.drop
  /// The greatest learning rate, above 0.
  public var learningRate: Float
  public var schedule = Schedule.cosine
  public var precision = Precision.automatic
  public var weights = Weights.automatic
  public var recompute = Recomputation.nothing
  /// The part of all steps in which the learning rate rises from 0; 0…1.
  public var warmup: Float = 0.05
  /// Decoupled weight decay, at least 0.
  public var weightDecay: Float = 0.01
  /// β₁ and β₂ of AdamW, each 0..<1.
  public var betas: (first: Float, second: Float) {
    get { (beta1, beta2) }
    set { (beta1, beta2) = newValue }
  }
  var beta1: Float = 0.9
  var beta2: Float = 0.999
  /// ε of AdamW, above 0.
  public var epsilon: Float = 1e-8
  /// The greatest norm of the whole gradient; 0 is off.
  public var clip: Float = 1
  /// Decides the start of A, the order of the rows, which are held out and what dropout leaves out.
  public var seed: UInt64 = 0
  /// Nil: what suits the base's size (`ThreadCount`). Part of what makes a run repeatable.
  public var threads: Int?
  /// The share of rows that is held out of training and validated on, 0 to below 1.
  public var validationShare: Double?
  /// Steps from one validation to the next, at least 1. Needs rows to validate on.
  public var evalEvery: Int?
  /// How many validations that are not below the lowest before them, the base's own included, end the
  /// training; what was lowest after the first step is kept. Needs rows to validate on.
  public var earlyStop: Int?
  /// Steps from one checkpoint to the next, at least 1. Nil: five minutes. Has no effect on the result.
  public var checkpointEvery: Int?

  /// The settings that suit a method.
  public init(method: TrainingMethod = .sft, scope: Scope = .adapter) {
    self.method = method
    self.scope = scope
    learningRate = scope.learningRate(of: method)
    // Weights that begin near zero have room to grow into shapes that fit the rows alone.
    if scope == .fresh { weightDecay = 0.1 }
  }
}
