public import JSON
public import ModelRuntime

/// What a finished training left.
public struct TrainingResult: Sendable, Hashable {
  /// What was trained, GGUF: an adapter or a model.
  public let path: String
  public let plan: TrainingPlan
  public let history: TrainingHistory
  /// The mean loss over the steps of the last epoch that was worked on.
  public let finalLoss: Double
  /// Whether validations without a gain ended it before the last step.
  public let stoppedEarly: Bool
  /// The step whose parameters the file has.
  public let keptStep: Int
  /// Wall-clock seconds since it began or went on, loading aside.
  public let seconds: Double
  public let tokensPerSecond: Double
  /// The most memory that the process had, in bytes; nil where the system does not say.
  public let peakMemory: Int64?
  /// Rows left out because they were longer than allowed, by number from 1.
  public let tooLongRows: [Int]
  /// Rows whose beginning was cut off, by number from 1.
  public let truncatedRows: [Int]
  /// Rows left out because no token carries loss, by number from 1.
  public let answerlessRows: [Int]
  /// The metrics of the steps in the mean over the last epoch's; see `TrainingStep.metrics`.
  public internal(set) var metrics: [String: Double] = [:]
  /// What the steps' own operations took since the run began or went on; empty where ggml's compute.
  public internal(set) var operations: [OperationTime] = []

  /// Optimiser steps done, those before a resumption included.
  public var steps: Int { history.losses.count }
  /// The loss of the first step before any update, that is the base model's own.
  public var firstLoss: Double { history.losses.first ?? 0 }
  /// Trainable parameters.
  public var parameters: Int { plan.parameters }
  /// Rows trained on, each once an epoch.
  public var rows: Int { plan.rows }
  /// Rows left out for any reason.
  public var droppedRows: Int { tooLongRows.count + answerlessRows.count }

  /// The metrics of the run.
  public var json: JSONValue {
    let validations = history.validations.map { validation -> JSONValue in
      ["step": .integer(validation.step), "loss": .double(validation.loss)]
    }
    var members: [String: JSONValue] = [
      "steps": .integer(steps), "planned_steps": .integer(plan.steps),
      "first_loss": .double(firstLoss), "final_loss": .double(finalLoss),
      "validations": .array(validations),
      "best_step": history.best.map { .integer($0.step) } ?? .null,
      "kept_step": .integer(keptStep), "stopped_early": .bool(stoppedEarly),
      "seconds": .double(seconds), "tokens_per_s": .double(tokensPerSecond),
      "parameters": .integer(parameters), "base_parameters": .integer(plan.baseParameters),
      "trainable_share": .double(plan.trainableShare), "rows": .integer(rows),
      "validation_rows": .integer(plan.validationRows),
      "memory": [
        "estimate": plan.memory.json, "peak": peakMemory.map { .integer($0) } ?? .null,
      ],
      "weights": .string(plan.weights.rawValue),
      "dropped_too_long": .integer(tooLongRows.count),
      "truncated": .integer(truncatedRows.count),
      "dropped_without_answer": .integer(answerlessRows.count),
    ]
    if !metrics.isEmpty { members["metrics"] = .object(metrics.mapValues { .double($0) }) }
    return .object(members)
  }
}
