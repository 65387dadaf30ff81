/// How the loss went, step by step: what a curve is drawn of and a resumed run goes on with.
public struct TrainingHistory: Sendable, Hashable {
  /// A validation's result.
  public struct Validation: Sendable, Hashable {
    /// Steps done before it; 0 for the base model as it is.
    public let step: Int
    /// The mean loss (nats) over the answers' tokens of the rows held out.
    public let loss: Double
  }

  /// The loss of each step before its update, in order.
  public internal(set) var losses: [Double] = []
  /// In order of their steps.
  public internal(set) var validations: [Validation] = []

  /// The validation of least loss, the one before the first step included; the first of equal ones.
  public var best: Validation? {
    validations.min { ($0.loss, $0.step) < ($1.loss, $1.step) }
  }

  /// The validation of least loss after the first step: the base is no result, however good it is.
  public var bestTrained: Validation? {
    validations.filter { $0.step > 0 }.min { ($0.loss, $0.step) < ($1.loss, $1.step) }
  }

  /// How many validations came after the best one.
  var validationsWithoutGain: Int {
    guard let best else { return 0 }
    return validations.count { $0.step > best.step }
  }
}
