extension TrainingMethod {
  /// What the setting 'validation' must be for kto.
  static let withoutValidation =
    "left out for kto, whose loss depends on the batches of a step"

  /// - Throws: `TrainingError.invalidConfiguration`.
  func validate() throws(TrainingError) {
    switch self {
    case .sft: break
    case .dpo(let settings):
      try check("beta", settings.beta, "above 0 and at most 1000") { $0 > 0 && $0 <= 1000 }
      try check("label_smoothing", settings.labelSmoothing, "0 to below 0.5") {
        (0..<0.5).contains($0)
      }
      try check("label_smoothing", settings.labelSmoothing, "0 with the loss '\(settings.loss)'") {
        $0 == 0 || settings.loss == .sigmoid
      }
    case .kto(let settings):
      let weights = 0.0...1000
      try check("beta", settings.beta, "above 0 and at most 1000") { $0 > 0 && $0 <= 1000 }
      try check("desirable_weight", settings.desirableWeight, "0 to 1000", weights.contains)
      try check("undesirable_weight", settings.undesirableWeight, "0 to 1000", weights.contains)
      try check("undesirable_weight", settings.undesirableWeight, "above 0 where the other is 0") {
        $0 > 0 || settings.desirableWeight > 0
      }
    }
  }

  private func check(
    _ setting: String, _ value: Double, _ expected: String, _ isValid: (Double) -> Bool
  ) throws(TrainingError) {
    guard isValid(value) else {
      throw .invalidConfiguration(setting: setting, expected: expected, found: value.shortest)
    }
  }

  /// How far (in the unit of the loss) a smoothed loss may climb above its lowest.
  var tolerance: Float {
    switch self {
    case .sft, .kto: DivergenceWatch.tolerance
    case .dpo(let settings):
      switch settings.loss {
      // The loss of a wrong pair grows by β with each nat.
      case .sigmoid, .hinge: DivergenceWatch.tolerance * Float(max(1, settings.beta / 0.1))
      // It begins at (1/(2β))², and that is its scale.
      case .ipo: DivergenceWatch.tolerance * Float(max(1, 0.25 / (settings.beta * settings.beta)))
      }
    }
  }
}
