public import JSON

extension TrainingConfiguration {
  /// The settings as a run records them: all that decide about the result, and `recompute` where
  /// something is.
  public var json: JSONValue {
    func whole(_ value: Int?) -> JSONValue { value.map { .integer($0) } ?? .null }
    // The shortest decimal that is this F32, not the longer one that is it in double precision.
    func real(_ value: Float) -> JSONValue { .double(Double("\(value)") ?? Double(value)) }
    // What a version says of its training does not change where a later release knows more.
    let scope: [String: JSONValue] =
      switch scope {
      case .adapter:
        [
          "rank": .integer(rank), "alpha": real(alpha), "dropout": real(dropout),
          "targets": .array(targets.sorted().map { .string($0.rawValue) }),
        ]
      case .full: ["full": true]
      case .fresh: ["full": true, "from_scratch": true]
      }
    var members: [String: JSONValue] = [
      "epochs": maxSteps == nil ? whole(epochs) : .null, "max_steps": whole(maxSteps),
      "batch_tokens": whole(batchTokens), "accumulate": .integer(accumulate),
      "max_length": whole(maxLength), "long_rows": .string(longRows.rawValue),
      "learning_rate": real(learningRate), "schedule": .string(schedule.rawValue),
      "warmup": real(warmup), "weight_decay": real(weightDecay),
      "beta1": real(beta1), "beta2": real(beta2),
      "epsilon": real(epsilon), "clip": real(clip),
      "precision": .string(precision.rawValue), "seed": .integer(seed), "threads": whole(threads),
      "validation_share": validationShare.map { .double($0) } ?? .null,
      "eval_every": whole(evalEvery), "early_stop": whole(earlyStop),
    ]
    if recompute != .nothing { members["recompute"] = .string(recompute.rawValue) }
    return .object(members.merging(method.members) { $1 }.merging(scope) { $1 })
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
    func check(_ setting: String, _ value: Int?, in range: ClosedRange<Int>) throws(TrainingError) {
      guard let value else { return }
      try check(
        setting, range.contains(value), "\(range.lowerBound) to \(range.upperBound)", value)
    }
    try method.validate()
    try validateScope()
    try check("rank", rank, in: 1...1024)
    try check("alpha", alpha > 0 && alpha.isFinite, "above 0", alpha)
    try check("dropout", (0..<1).contains(dropout), "0 to below 1", dropout)
    try check("targets", !targets.isEmpty, "at least one module", "none")
    try check("epochs", epochs, in: 1...10_000)
    try check("max_steps", maxSteps, in: 1...100_000_000)
    try check("batch_tokens", batchTokens, in: 16...1 << 20)
    try check("accumulate", accumulate, in: 1...65_536)
    try check("context", maxLength.map { $0 >= 2 } ?? true, "at least 2", maxLength ?? 0)
    try check(
      "learning_rate", learningRate > 0 && learningRate <= 10, "above 0 and at most 10",
      learningRate)
    try check("warmup", (0...1).contains(warmup), "0 to 1", warmup)
    try check("weight_decay", (0...1).contains(weightDecay), "0 to 1", weightDecay)
    try check("beta1", (0..<1).contains(beta1), "0 to below 1", beta1)
    try check("beta2", (0..<1).contains(beta2), "0 to below 1", beta2)
    try check("epsilon", epsilon > 0 && epsilon.isFinite, "above 0", epsilon)
    try check("clip", clip >= 0 && clip.isFinite, "at least 0", clip)
    try check("threads", threads, in: 1...256)
    let share = validationShare ?? 0
    try check("validation", (0..<1).contains(share), "a share of 0 to below 1", share)
    try check(
      "validation", share == 0 || method.name != .kto,
      "left out for kto, whose loss depends on the batches of a step", share)
    try check("eval_every", evalEvery, in: 1...100_000_000)
    try check("early_stop", earlyStop, in: 1...1_000_000)
    try check("checkpoint_every", checkpointEvery, in: 1...100_000_000)
  }
}
