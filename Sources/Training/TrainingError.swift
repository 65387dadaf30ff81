public import JSON
public import MLOpsCore

/// Why a model could not be fine-tuned.
public enum TrainingError: Failure, Equatable {
  /// The base's architecture is not among those that can be trained.
  case unsupportedArchitecture(String)
  /// The base is of a known architecture but cannot be trained as it is.
  case unusableBase(reason: String)
  /// A setting is out of range.
  case invalidConfiguration(setting: String, expected: String, found: String)
  /// A row is not in a form that can be trained on.
  case malformedExample(row: Int, reason: String)
  /// A row is of a form that another method learns from.
  case wrongMethod(row: Int, found: String, fits: TrainingMethod.Name, method: TrainingMethod.Name)
  /// The method cannot be computed on this machine.
  case needsKernels(TrainingMethod.Name)
  /// No row is left to train on.
  case nothingToTrain(rows: Int, tooLong: Int, withoutAnswer: Int, maxLength: Int)
  /// The loss or the gradient is no number any more, or far above where it began.
  case diverged(step: Int, epoch: Int, rows: [Int], loss: Double, gradientNorm: Double)
  /// The result could not be written.
  case unwritable(path: String, reason: String)

  public var code: String {
    switch self {
    case .unsupportedArchitecture: "training.unsupported_architecture"
    case .unusableBase: "training.unusable_base"
    case .invalidConfiguration: "training.invalid_configuration"
    case .malformedExample: "training.malformed_example"
    case .wrongMethod: "training.wrong_method"
    case .needsKernels: "training.needs_kernels"
    case .nothingToTrain: "training.nothing_to_train"
    case .diverged: "training.diverged"
    case .unwritable: "training.unwritable"
    }
  }

  public var kind: FailureKind {
    switch self {
    case .unsupportedArchitecture, .unusableBase, .malformedExample, .wrongMethod,
      .nothingToTrain:
      .invalidInput
    case .needsKernels: .unavailable
    case .invalidConfiguration: .usage
    case .diverged, .unwritable: .internal
    }
  }

  public var message: String {
    switch self {
    case .unsupportedArchitecture(let name):
      "Models of the architectures "
        + DecoderArchitecture.all.map(\.name).joined(separator: " and ")
        + " can be trained; the base is '\(name)'."
    case .unusableBase(let reason):
      "The base model cannot be trained: \(reason)."
    case .invalidConfiguration(let setting, let expected, let found):
      "The setting '\(setting)' must be \(expected); found \(found)."
    case .malformedExample(let row, let reason):
      "Row \(row) is no training example: \(reason)."
    case .wrongMethod(let row, let found, let fits, let method):
      "Row \(row) is \(found), which the method '\(fits.rawValue)' learns from; "
        + "the method here is '\(method.rawValue)'."
    case .needsKernels(let method):
      "The method '\(method.rawValue)' needs the library oneDNN, which was not found."
    case .nothingToTrain(let rows, let tooLong, let withoutAnswer, let maxLength):
      "None of the \(rows) rows can be trained on: \(tooLong) are longer than \(maxLength) tokens, "
        + "\(withoutAnswer) have no answer."
    case .diverged(let step, let epoch, let rows, let loss, let gradientNorm):
      "Training left its course in step \(step) (epoch \(epoch)): loss \(loss), gradient norm "
        + "\(gradientNorm); the batch held the rows "
        + rows.prefix(8).map(String.init).joined(separator: ", ") + (rows.count > 8 ? ", …." : ".")
    case .unwritable(let path, let reason):
      "The adapter could not be written to '\(path)': \(reason)."
    }
  }

  public var advice: String? {
    switch self {
    case .unsupportedArchitecture: "Choose a base of one of these architectures."
    case .unusableBase, .unwritable: nil
    case .invalidConfiguration: "Change the setting and try again."
    case .malformedExample:
      "For sft a row is {\"messages\": [{\"role\", \"content\"}, …]} ending with the assistant, or "
        + "{\"prompt\", \"completion\"}; for dpo {\"prompt\", \"chosen\", \"rejected\"}; for kto "
        + "{\"prompt\", \"completion\", \"label\"}."
    case .wrongMethod(_, _, let fits, _):
      "Choose the method '\(fits.rawValue)', or data of the form that this method learns from."
    case .needsKernels: "Install oneDNN (libdnnl), or train with the method 'sft'."
    case .nothingToTrain: "Raise the longest length allowed, or look at the data."
    case .diverged: "Lower the learning rate or lengthen the warm-up, and look at these rows."
    }
  }

  public var facts: [String: JSONValue] {
    switch self {
    case .diverged(let step, let epoch, let rows, let loss, let gradientNorm):
      [
        "step": .integer(step), "epoch": .integer(epoch), "loss": .double(loss),
        "gradient_norm": .double(gradientNorm), "rows": .array(rows.map { .integer($0) }),
      ]
    default: [:]
    }
  }
}
