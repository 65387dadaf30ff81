public import JSON

extension TrainingConfiguration {
  /// The settings as a plan tells them: all that decide about the result, and `recompute` where
  /// something is.
  public var json: JSONValue {
    guard recompute != .nothing else { return deciding }
    var members = deciding.object ?? [:]
    members["recompute"] = .string(recompute.rawValue)
    return .object(members)
  }

  /// The settings that decide about the result, and nothing else: what a version says of its
  /// training, and what has to be the same for a run to go on.
  public var deciding: JSONValue {
    func whole(_ value: Int?) -> JSONValue { value.map { .integer($0) } ?? .null }
    // The shortest decimal that is this F32, not the longer one that is it in double precision.
    func real(_ value: Float) -> JSONValue { .double(Double("\(value)") ?? Double(value)) }
    // What a version says of its training does not change where a later release knows more.
    let scope: [String: JSONValue] =
      switch scope {
      case .adapter:
        [
          "rank": .integer(rank), "alpha": real(alpha), "dropout": real(dropout),
          "targets": .array(targets.sorted().map { .string($0.rawValue) }),
        ]
      case .full: ["full": true]
      case .fresh: ["full": true, "from_scratch": true]
      }
    let members: [String: JSONValue] = [
      "epochs": maxSteps == nil ? whole(epochs) : .null, "max_steps": whole(maxSteps),
      "batch_tokens": whole(batchTokens), "accumulate": .integer(accumulate),
      "max_length": whole(maxLength), "long_rows": .string(longRows.rawValue),
      "learning_rate": real(learningRate), "schedule": .string(schedule.rawValue),
      "warmup": real(warmup), "weight_decay": real(weightDecay),
      "beta1": real(beta1), "beta2": real(beta2),
      "epsilon": real(epsilon), "clip": real(clip),
      "precision": .string(precision.rawValue), "seed": .integer(seed), "threads": whole(threads),
      "validation_share": validationShare.map { .double($0) } ?? .null,
      "eval_every": whole(evalEvery), "early_stop": whole(earlyStop),
    ]
    return .object(members.merging(method.members) { $1 }.merging(scope) { $1 })
  }

  /// What people call a setting of `json`: the key in a file, and with hyphens for underscores the
  /// option on the command line.
  public static func option(of setting: String) -> String {
    switch setting {
    case "learning_rate": "lr"
    case "max_length": "context"
    case "validation_share": "validation"
    default: setting
    }
  }
}
