extension TrainingConfiguration {
  /// What the rows to train on amount to.
  struct DataSize: Equatable {
    /// Rows that can be trained on.
    var rows: Int
    /// Their tokens.
    var tokens: Int
    /// Whether rows to validate on were given besides.
    var hasValidation = false
  }

  /// From how many rows on some are held out where nothing is said.
  static let heldOutFrom = 200
  /// The longest rows where nothing is said: few rows of instruction data are longer.
  static let longestByDefault = 4096

  /// The settings with those that were left open chosen.
  ///
  /// Few rows are seen three times, many once: what a pass more teaches falls with their number.
  /// Batches grow with the data, so that steps stay in the thousands. One row in twenty is held
  /// out, at most a thousand: enough to know the loss to some hundredths.
  func chosen(for data: DataSize) -> TrainingConfiguration {
    var chosen = self
    if maxSteps == nil, epochs == nil {
      chosen.epochs = data.rows < 2_000 ? 3 : data.rows < 20_000 ? 2 : 1
    }
    if batchTokens == nil {
      chosen.batchTokens =
        data.tokens < 1_000_000 ? 1024 : data.tokens < 10_000_000 ? 2048 : 4096
    }
    if data.hasValidation {
      chosen.validationShare = 0
    } else if validationShare == nil {
      chosen.validationShare =
        data.rows < Self.heldOutFrom || method.name == .kto
        ? 0 : min(0.05, 1000 / Double(data.rows))
    }
    return chosen
  }

  /// Steps from one validation to the next: ten validations, the one before training aside.
  func validationInterval(steps: Int) -> Int { evalEvery ?? max(1, (steps + 9) / 10) }
}
