public import JSON

/// Something that happened in a training.
public enum TrainingEvent: Sendable, Hashable {
  /// Once, before the first step.
  case planned(TrainingPlan)
  case step(TrainingStep)
  case validated(TrainingHistory.Validation)
  /// A checkpoint is on the disk.
  case checkpoint(step: Int, path: String)
  /// Something that a person should know.
  case noticed(TrainingNotice)

  /// The documented event of `--json`: an object with `event`.
  public var json: JSONValue {
    switch self {
    case .planned(let plan): plan.json
    case .step(let step): step.json
    case .validated(let validation):
      [
        "event": "validation", "step": .integer(validation.step), "loss": .double(validation.loss),
      ]
    case .checkpoint(let step, let path):
      ["event": "checkpoint", "step": .integer(step), "path": .string(path)]
    case .noticed(let notice): notice.json
    }
  }
}
