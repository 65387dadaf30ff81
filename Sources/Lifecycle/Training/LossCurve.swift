public import MLOpsCore
public import Training

/// The loss of a training as curves.
public enum LossCurve {
  /// The training loss by step, and the validations.
  public static func series(_ history: TrainingHistory) -> [LinePlot.Series] {
    let losses = history.losses.enumerated().map { (x: Double($0.offset + 1), y: $0.element) }
    let validations = history.validations.map { (x: Double($0.step), y: $0.loss) }
    return [LinePlot.Series(name: "training", points: losses)]
      + (validations.isEmpty ? [] : [LinePlot.Series(name: "validation", points: validations)])
  }
}
