public import JSON
import MLOpsCore

/// Something about a training that a person should know and that does not end it.
public struct TrainingNotice: Sendable, Hashable {
  public enum Level: String, Sendable {
    /// For information.
    case note
    /// The result may not be what was meant.
    case warning
  }

  public let level: Level
  /// Stable: `training.no_gain`.
  public let code: String
  /// A sentence or two: what is so, and what to do.
  public let message: String

  public init(_ level: Level, code: String, message: String) {
    self.level = level
    self.code = code
    self.message = message
  }

  /// The documented event of `--json`.
  public var json: JSONValue {
    [
      "event": "notice", "level": .string(level.rawValue), "code": .string(code),
      "message": .string(message),
    ]
  }

  /// Rows that are validated on are trained on too.
  static func overlap(_ count: Int, of rows: Int) -> TrainingNotice {
    TrainingNotice(
      .warning, code: "training.validation_overlap",
      message: "\(count) of the \(Quantity.count(Int64(rows), of: "row")) to validate on "
        + "\(count == 1 ? "is" : "are") trained on too, so the validation loss is lower than that "
        + "of unseen rows. 'mlops dedup' removes repeated rows, 'mlops split' keeps parts apart.")
  }

  /// The lowest validation loss is that of the base.
  static func noGain(_ history: TrainingHistory) -> TrainingNotice? {
    guard let sentence = history.noGain else { return nil }
    return TrainingNotice(
      .warning, code: "training.no_gain",
      message: sentence + " Lower --lr, or give it more or other rows.")
  }
}

extension TrainingHistory {
  /// A sentence where no validation was below the one before the first step; nil where one was, or
  /// nothing says so.
  public var noGain: String? {
    guard let base = best, base.step == 0, let trained = bestTrained else { return nil }
    func loss(_ value: Double) -> String { Quantity.fixed(value, decimals: 4) }
    return "The training did not help: the validation loss was \(loss(base.loss)) before the first "
      + "step and never lower after (\(loss(trained.loss)) at best, after step \(trained.step))."
  }
}
