public import JSON

/// What is known after one optimiser step.
public struct TrainingStep: Sendable, Hashable {
  /// From 1.
  public let step: Int
  /// All steps of the run.
  public let steps: Int
  /// From 1.
  public let epoch: Int
  /// The mean negative log-likelihood (nats) over the answer tokens of the batch, before the update.
  public let loss: Double
  public let learningRate: Double
  /// Before clipping.
  public let gradientNorm: Double
  /// Tokens of this batch, padding aside.
  public let tokens: Int
  /// Over the whole run so far.
  public let tokensPerSecond: Double
  /// What the method says beside the loss, by TRL's names: `rewards/chosen`, `rewards/rejected` and
  /// `rewards/margins` (β · nats), `rewards/accuracies` (0 to 1; DPO), `kl` (nats; KTO). Empty for SFT.
  public internal(set) var metrics: [String: Double] = [:]

  /// The documented event of `--json`.
  public var json: JSONValue {
    var members: [String: JSONValue] = [
      "step": .integer(step), "steps": .integer(steps), "epoch": .integer(epoch),
      "loss": .double(loss), "learning_rate": .double(learningRate),
      "gradient_norm": .double(gradientNorm), "tokens": .integer(tokens),
      "tokens_per_s": .double(tokensPerSecond),
    ]
    if !metrics.isEmpty { members["metrics"] = .object(metrics.mapValues { .double($0) }) }
    return .object(members)
  }
}

/// What a finished training left.
public struct TrainingResult: Sendable, Hashable {
  /// The adapter, GGUF.
  public let adapterPath: String
  /// Optimiser steps.
  public let steps: Int
  /// The loss of the first batch before any update, that is the base model's own.
  public let firstLoss: Double
  /// The mean loss over the batches of the last epoch.
  public let finalLoss: Double
  /// Wall-clock seconds, loading aside.
  public let seconds: Double
  public let tokensPerSecond: Double
  /// Trainable parameters.
  public let parameters: Int
  /// Rows trained on, each once an epoch.
  public let rows: Int
  /// Rows left out because they were longer than allowed, by number from 1.
  public let tooLongRows: [Int]
  /// Rows left out because no token carries loss, by number from 1.
  public let answerlessRows: [Int]
  /// The metrics of the steps in the mean over the last epoch's batches; see `TrainingStep.metrics`.
  public internal(set) var metrics: [String: Double] = [:]

  /// Rows left out for any reason.
  public var droppedRows: Int { tooLongRows.count + answerlessRows.count }

  /// The metrics of the run.
  public var json: JSONValue {
    var members: [String: JSONValue] = [
      "steps": .integer(steps), "first_loss": .double(firstLoss), "final_loss": .double(finalLoss),
      "seconds": .double(seconds), "tokens_per_s": .double(tokensPerSecond),
      "parameters": .integer(parameters), "rows": .integer(rows),
      "dropped_too_long": .integer(tooLongRows.count),
      "dropped_without_answer": .integer(answerlessRows.count),
    ]
    if !metrics.isEmpty { members["metrics"] = .object(metrics.mapValues { .double($0) }) }
    return .object(members)
  }
}
