public import JSON

/// What is known after one optimiser step.
public struct TrainingStep: Sendable, Hashable {
  /// From 1.
  public let step: Int
  /// All steps of the run.
  public let steps: Int
  /// From 1.
  public let epoch: Int
  /// The mean negative log-likelihood (nats) over the answer tokens of the step, before the update.
  public let loss: Double
  public let learningRate: Double
  /// Before clipping.
  public let gradientNorm: Double
  /// Tokens of this step, padding aside.
  public let tokens: Int
  /// Since the run began or went on.
  public let tokensPerSecond: Double
  /// Seconds left at the pace so far, validations aside.
  public let secondsLeft: Double
  /// Bytes of memory that the process has; nil where the system does not say.
  public let memory: Int64?
  /// What the method says beside the loss, by TRL's names: `rewards/chosen`, `rewards/rejected` and
  /// `rewards/margins` (β · nats), `rewards/accuracies` (0 to 1; DPO), `kl` (nats; KTO). Empty for SFT.
  public internal(set) var metrics: [String: Double] = [:]

  /// The documented event of `--json`.
  public var json: JSONValue {
    var members: [String: JSONValue] = [
      "event": "step", "step": .integer(step), "steps": .integer(steps), "epoch": .integer(epoch),
      "loss": .double(loss), "learning_rate": .double(learningRate),
      "gradient_norm": .double(gradientNorm), "tokens": .integer(tokens),
      "tokens_per_s": .double(tokensPerSecond), "seconds_left": .double(secondsLeft),
      "memory": memory.map { .integer($0) } ?? .null,
    ]
    if !metrics.isEmpty { members["metrics"] = .object(metrics.mapValues { .double($0) }) }
    return .object(members)
  }
}
