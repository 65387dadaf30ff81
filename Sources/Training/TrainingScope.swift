extension TrainingConfiguration.Scope {
  /// Whether the model's own weights are trained.
  public var isFull: Bool { self != .adapter }

  /// The greatest learning rate where none is chosen.
  ///
  /// A weight that already says something takes a tenth of what an adapter takes that begins at
  /// nothing, lest what the rows do not show be forgotten; random weights have nothing to forget.
  func learningRate(of method: TrainingMethod) -> Float {
    guard self == .full else { return method.defaultLearningRate }
    return method == .sft ? 1e-4 : 5e-6
  }
}

extension TrainingConfiguration {
  /// - Throws: `TrainingError.invalidConfiguration` where the scope leaves no meaning to a setting.
  func validateScope() throws(TrainingError) {
    guard scope.isFull else { return }
    guard dropout == 0 else {
      throw .invalidConfiguration(
        setting: "dropout", expected: "0 where all parameters are trained",
        found: (Double("\(dropout)") ?? Double(dropout)).shortest)
    }
    guard weights != .packed else {
      throw .invalidConfiguration(
        setting: "weights", expected: "auto or expanded where all parameters are trained",
        found: weights.rawValue)
    }
    guard scope == .full || method == .sft else {
      throw .invalidConfiguration(
        setting: "from_scratch",
        expected: "left out for \(method.name.rawValue), which compares with what the base says",
        found: "random weights")
    }
  }
}
