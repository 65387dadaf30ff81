public import JSON

/// What is known before the first step: what was chosen, and what it will take.
public struct TrainingPlan: Sendable, Hashable {
  /// Every setting, those included that the amount of data decided.
  public let configuration: TrainingConfiguration
  /// Optimiser steps.
  public let steps: Int
  /// Passes over the data that these make, the last one perhaps not whole.
  public let epochs: Int
  /// Rows trained on, and rows held out.
  public let rows: Int
  public let validationRows: Int
  /// Texts among the rows that are longer than a row may be, and cut into several.
  public let dividedTexts: Int
  /// Steps from one validation to the next; nil without rows held out.
  public let evalEvery: Int?
  /// Tokens of all steps.
  public let tokens: Int
  /// Trainable parameters, and those of the base.
  public let parameters: Int
  public let baseParameters: Int64
  /// Estimated before the weights are loaded.
  public let memory: TrainingMemory
  /// How the base's weights lie in memory.
  public let weights: WeightForm
  /// Steps that were done before; 0 for a new run.
  public let stepsDone: Int

  /// The part of all parameters that is trained, 0 to 1.
  public var trainableShare: Double {
    if configuration.scope.isFull { return Double(parameters) / Double(max(baseParameters, 1)) }
    return Double(parameters) / Double(max(Int64(parameters) + baseParameters, 1))
  }

  /// The documented event of `--json`.
  public var json: JSONValue {
    [
      "event": "plan", "settings": configuration.json, "steps": .integer(steps),
      "epochs": .integer(epochs), "rows": .integer(rows),
      "validation_rows": .integer(validationRows), "divided_texts": .integer(dividedTexts),
      "eval_every": evalEvery.map { .integer($0) } ?? .null,
      "checkpoint_every": configuration.checkpointEvery.map { .integer($0) } ?? .null,
      "tokens": .integer(tokens), "parameters": .integer(parameters),
      "base_parameters": .integer(baseParameters), "trainable_share": .double(trainableShare),
      "memory": memory.json, "weights": .string(weights.rawValue),
      "steps_done": .integer(stepsDone),
    ]
  }
}
