public import JSON
public import MLOpsCore

/// Why a model could not be trained; `TrainingError+Message.swift` makes sentences of it.
public enum TrainingError: Failure, Equatable {
  /// One thing in which a run differs from the one whose checkpoint it is to go on from.
  public struct Difference: Sendable, Hashable {
    public let name: String
    /// In the checkpoint.
    public let before: String
    public let now: String

    public init(name: String, before: String, now: String) {
      self.name = name
      self.before = before
      self.now = now
    }
  }

  /// The base's architecture is not among those that can be trained.
  case unsupportedArchitecture(String)
  /// The base is of a known architecture but cannot be trained as it is.
  case unusableBase(reason: String)
  /// All parameters are to be trained, and this tensor holds rounded ones.
  case quantisedBase(tensor: String, type: String)
  /// All parameters are to be trained, and the machine lacks the library for it.
  case fullNeedsKernels
  /// A setting is out of range; it is named as a file of settings does, such as `batch_tokens`.
  case invalidConfiguration(setting: String, expected: String, found: String)
  /// A row is not in a form that can be trained on.
  case malformedExample(row: Int, reason: String)
  /// A row is of a form that another method learns from.
  case wrongMethod(row: Int, found: String, fits: TrainingMethod.Name, method: TrainingMethod.Name)
  /// What was asked for, the beginning of a sentence, cannot be computed without oneDNN.
  case needsKernels(String)
  /// No row is left to train on.
  case nothingToTrain(rows: Int, tooLong: Int, withoutAnswer: Int, maxLength: Int)
  /// No row is left to validate on, of so many.
  case nothingToValidate(Int)
  /// Rows are longer than allowed, and the settings refuse that.
  case rowsTooLong([Int], maxLength: Int)
  /// The loss or the gradient is no number any more, or far above where it began.
  case diverged(step: Int, epoch: Int, rows: [Int], loss: Double, gradientNorm: Double)
  /// The training was stopped between two steps; `resume` names what to go on from.
  case interrupted(step: Int, steps: Int, resume: String)
  /// There is no checkpoint at a path.
  case noCheckpoint(String)
  /// A checkpoint is not what was written; `before` is a whole one before it.
  case damagedCheckpoint(path: String, reason: String, before: String?)
  /// A run is to go on from the checkpoint of another.
  case otherRun([Difference])
  /// A checkpoint could not be written; `resume` names what to go on from where one is before it.
  case checkpointUnwritable(path: String, reason: String, resume: String?)
  /// More memory is needed than there is, in bytes.
  case notEnoughMemory(TrainingMemory, available: Int64)
  /// The result could not be written; the reason is a sentence.
  case unwritable(path: String, reason: String)

  public var code: String {
    switch self {
    case .unsupportedArchitecture: "training.unsupported_architecture"
    case .unusableBase: "training.unusable_base"
    case .quantisedBase: "training.quantised_base"
    case .fullNeedsKernels: "training.needs_kernels"
    case .invalidConfiguration: "training.invalid_configuration"
    case .malformedExample: "training.malformed_example"
    case .wrongMethod: "training.wrong_method"
    case .needsKernels: "training.needs_kernels"
    case .nothingToTrain: "training.nothing_to_train"
    case .nothingToValidate: "training.nothing_to_validate"
    case .rowsTooLong: "training.rows_too_long"
    case .diverged: "training.diverged"
    case .interrupted: "training.interrupted"
    case .noCheckpoint: "training.no_checkpoint"
    case .damagedCheckpoint: "training.damaged_checkpoint"
    case .otherRun: "training.other_run"
    case .checkpointUnwritable: "training.checkpoint_unwritable"
    case .notEnoughMemory: "training.not_enough_memory"
    case .unwritable: "training.unwritable"
    }
  }

  public var kind: FailureKind {
    switch self {
    case .unsupportedArchitecture, .unusableBase, .quantisedBase, .malformedExample, .wrongMethod,
      .nothingToTrain, .nothingToValidate, .rowsTooLong:
      .invalidInput
    case .needsKernels, .fullNeedsKernels: .unavailable
    case .invalidConfiguration, .noCheckpoint, .otherRun: .usage
    case .diverged, .unwritable, .checkpointUnwritable: .internal
    case .interrupted: .cancelled
    case .damagedCheckpoint: .corrupted
    case .notEnoughMemory: .exhausted
    }
  }

  /// Whether all steps were done, and only what came of them could not be written.
  public var isAfterLastStep: Bool { if case .unwritable = self { true } else { false } }

  public var facts: [String: JSONValue] {
    switch self {
    case .diverged(let step, let epoch, let rows, let loss, let gradientNorm):
      [
        "step": .integer(step), "epoch": .integer(epoch), "loss": .double(loss),
        "gradient_norm": .double(gradientNorm), "rows": .array(rows.map { .integer($0) }),
      ]
    case .interrupted(let step, let steps, let resume):
      ["step": .integer(step), "steps": .integer(steps), "resume": .string(resume)]
    case .rowsTooLong(let rows, let maxLength):
      ["rows": .array(rows.map { .integer($0) }), "max_length": .integer(maxLength)]
    case .damagedCheckpoint(_, _, let before):
      before.map { ["before": .string($0)] } ?? [:]
    case .checkpointUnwritable(_, _, let resume):
      resume.map { ["resume": .string($0)] } ?? [:]
    case .otherRun(let differences):
      [
        "differences": .array(
          differences.map {
            ["name": .string($0.name), "before": .string($0.before), "now": .string($0.now)]
          })
      ]
    case .notEnoughMemory(let memory, let available):
      ["estimate": memory.json, "available": .integer(available)]
        .merging(memory.recomputing.map { ["with_recompute": .integer($0.total)] } ?? [:]) { $1 }
    default: [:]
    }
  }
}
