public import JSON

/// How an adapter is trained. The defaults suit a few hundred to a few thousand rows.
public struct TrainingConfiguration: Sendable, Hashable {
  /// How the learning rate goes on after the warm-up.
  public enum Schedule: String, Sendable, CaseIterable {
    /// Down to 0 along half a cosine.
    case cosine
    /// Down to 0 along a line.
    case linear
    case constant
  }

  /// What products compute with; sums are always in F32.
  public enum Precision: String, Sendable, CaseIterable {
    /// BF16 where the base is stored in 16 bits or fewer, F32 where it is stored in F32.
    case automatic = "auto"
    case f32
    case bf16
  }

  /// What is learned of the rows.
  public var method: TrainingMethod
  /// The inner dimension of the update, 1…1024.
  public var rank = 16
  /// The update is scaled by alpha / rank; above 0.
  public var alpha: Float = 32
  /// The part of A's inputs that is left out at random in each step, 0..<1.
  public var dropout: Float = 0
  /// Which weights of every block get an adapter; not empty.
  public var targets = Set(TargetModule.allCases)
  /// Passes over the data, at least 1.
  public var epochs = 3
  /// Positions in one optimiser step, at least 16; a single longer row gets a step of its own.
  public var batchTokens = 1024
  /// The longest row in tokens; longer ones are dropped and counted. Nil: the model's context, at most 1024.
  public var maxLength: Int?
  /// The greatest learning rate, above 0.
  public var learningRate: Float
  public var schedule = Schedule.cosine
  public var precision = Precision.automatic
  /// The part of all steps in which the learning rate rises from 0; 0…1.
  public var warmup: Float = 0.05
  /// Decoupled weight decay, at least 0.
  public var weightDecay: Float = 0.01
  /// β₁ and β₂ of AdamW, each 0..<1.
  public var betas: (first: Float, second: Float) {
    get { (beta1, beta2) }
    set { (beta1, beta2) = newValue }
  }
  private var beta1: Float = 0.9
  private var beta2: Float = 0.999
  /// ε of AdamW, above 0.
  public var epsilon: Float = 1e-8
  /// The greatest norm of the whole gradient; 0 is off.
  public var clip: Float = 1
  /// Decides the start of A, the order of the rows and what dropout leaves out.
  public var seed: UInt64 = 0
  /// Nil: what suits the base's size (`ThreadCount`). Part of what makes a run repeatable.
  public var threads: Int?

  public init(method: TrainingMethod = .sft) {
    self.method = method
    learningRate = method.defaultLearningRate
  }

  /// The settings as a run records them.
  public var json: JSONValue {
    let members: [String: JSONValue] = [
      "rank": .integer(rank), "alpha": .double(Double(alpha)),
      "dropout": .double(Double(dropout)),
      "targets": .array(targets.sorted().map { .string($0.rawValue) }),
      "epochs": .integer(epochs), "batch_tokens": .integer(batchTokens),
      "max_length": maxLength.map { .integer($0) } ?? .null,
      "learning_rate": .double(Double(learningRate)), "schedule": .string(schedule.rawValue),
      "warmup": .double(Double(warmup)), "weight_decay": .double(Double(weightDecay)),
      "beta1": .double(Double(beta1)), "beta2": .double(Double(beta2)),
      "epsilon": .double(Double(epsilon)), "clip": .double(Double(clip)),
      "precision": .string(precision.rawValue),
      "seed": .integer(seed), "threads": threads.map { .integer($0) } ?? .null,
    ]
    return .object(members.merging(method.members) { $1 })
  }

  /// - Throws: `TrainingError.invalidConfiguration`.
  func validate() throws(TrainingError) {
    func check(_ setting: String, _ isValid: Bool, _ expected: String, _ found: Any)
      throws(TrainingError)
    {
      guard isValid else {
        throw .invalidConfiguration(setting: setting, expected: expected, found: "\(found)")
      }
    }
    try method.validate()
    try check("rank", (1...1024).contains(rank), "1 to 1024", rank)
    try check("alpha", alpha > 0 && alpha.isFinite, "above 0", alpha)
    try check("dropout", (0..<1).contains(dropout), "0 to below 1", dropout)
    try check("targets", !targets.isEmpty, "at least one module", "none")
    try check("epochs", (1...10_000).contains(epochs), "1 to 10000", epochs)
    try check("batch_tokens", (16...1 << 20).contains(batchTokens), "16 to 1048576", batchTokens)
    try check("max_length", maxLength.map { $0 >= 2 } ?? true, "at least 2", maxLength ?? 0)
    try check(
      "learning_rate", learningRate > 0 && learningRate <= 10, "above 0 and at most 10",
      learningRate)
    try check("warmup", (0...1).contains(warmup), "0 to 1", warmup)
    try check("weight_decay", (0...1).contains(weightDecay), "0 to 1", weightDecay)
    try check("beta1", (0..<1).contains(beta1), "0 to below 1", beta1)
    try check("beta2", (0..<1).contains(beta2), "0 to below 1", beta2)
    try check("epsilon", epsilon > 0 && epsilon.isFinite, "above 0", epsilon)
    try check("clip", clip >= 0 && clip.isFinite, "at least 0", clip)
    try check("threads", threads.map { (1...256).contains($0) } ?? true, "1 to 256", threads ?? 0)
  }
}
