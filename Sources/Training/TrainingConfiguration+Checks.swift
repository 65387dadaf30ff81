extension TrainingConfiguration {
  /// Checks what can be known without rows and a base; `Trainer` does so itself.
  ///
  /// - Throws: `TrainingError.invalidConfiguration`.
  public func validate() throws(TrainingError) {
    func check(_ setting: String, _ isValid: Bool, _ expected: String, _ found: String)
      throws(TrainingError)
    {
      guard isValid else {
        throw .invalidConfiguration(setting: setting, expected: expected, found: found)
      }
    }
    func check(_ setting: String, _ isValid: Bool, _ expected: String, _ found: Float)
      throws(TrainingError)
    {
      try check(setting, isValid, expected, (Double("\(found)") ?? Double(found)).shortest)
    }
    func check(_ setting: String, _ value: Int?, in range: ClosedRange<Int>) throws(TrainingError) {
      guard let value else { return }
      try check(
        setting, range.contains(value), "\(range.lowerBound) to \(range.upperBound)",
        "\(value)")
    }
    try method.validate()
    try validateScope()
    try check("rank", rank, in: 1...1024)
    try check("alpha", alpha > 0 && alpha.isFinite, "above 0 and below 1e38", alpha)
    try check("dropout", (0..<1).contains(dropout), "0 to below 1", dropout)
    try check("targets", !targets.isEmpty, "at least one module", "none")
    try check("epochs", epochs, in: 1...10_000)
    try check("max_steps", maxSteps, in: 1...100_000_000)
    try check("batch_tokens", batchTokens, in: 16...1 << 20)
    try check("accumulate", accumulate, in: 1...65_536)
    try check("context", maxLength.map { $0 >= 2 } ?? true, "at least 2", "\(maxLength ?? 0)")
    try check(
      "lr", learningRate > 0 && learningRate <= 10, "above 0 and at most 10",
      learningRate)
    try check("warmup", (0...1).contains(warmup), "0 to 1", warmup)
    try check("weight_decay", (0...1).contains(weightDecay), "0 to 1", weightDecay)
    try check("beta1", (0..<1).contains(beta1), "0 to below 1", beta1)
    try check("beta2", (0..<1).contains(beta2), "0 to below 1", beta2)
    try check("epsilon", epsilon > 0 && epsilon.isFinite, "above 0", epsilon)
    try check("clip", clip >= 0 && clip.isFinite, "at least 0", clip)
    try check("threads", threads, in: 1...256)
    let share = validationShare ?? 0
    try check(
      "validation", (0..<1).contains(share),
      "a share from 0 to below 1, such as 5% or 0.05", share.shortest)
    try check(
      "validation", share == 0 || method.name != .kto, TrainingMethod.withoutValidation,
      share.shortest)
    try check("eval_every", evalEvery, in: 1...100_000_000)
    try check("early_stop", earlyStop, in: 1...1_000_000)
    try check("checkpoint_every", checkpointEvery, in: 1...100_000_000)
  }
}

extension Double {
  /// As people write it: `10` and not `10.0`.
  var shortest: String { Int(exactly: self).map(String.init) ?? "\(self)" }
}
