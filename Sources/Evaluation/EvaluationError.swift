public import JSON
public import MLOpsCore

/// What can keep an evaluation from giving a verdict.
public enum EvaluationError: Failure, Equatable {
  /// The suite's file, or the data that it names, is wrong. Line and column count from 1; both are
  /// nil where the whole file is meant.
  case invalidSuite(file: String, line: Int?, column: Int?, reason: String)
  /// There are too few answers to compare, or a number is not one.
  case couldNotMeasure(reason: String)
  /// Time was up before all cases were answered.
  case outOfTime(limit: Duration, side: String, answered: Int, of: Int, areKept: Bool)
  /// A stored evaluation is not readable.
  case invalidReport(reason: String)
  /// Outcomes of live traffic, or the stored sums of them, are not what a comparison can use.
  case invalidOutcomes(reason: String)

  public var code: String {
    switch self {
    case .invalidSuite: "evaluation.invalid_suite"
    case .couldNotMeasure: "evaluation.could_not_measure"
    case .outOfTime: "evaluation.out_of_time"
    case .invalidReport: "evaluation.invalid_report"
    case .invalidOutcomes: "evaluation.invalid_outcomes"
    }
  }

  public var kind: FailureKind {
    switch self {
    case .invalidSuite: .invalidInput
    case .couldNotMeasure, .outOfTime: .internal
    case .invalidReport: .corrupted
    case .invalidOutcomes: .invalidInput
    }
  }

  public var message: String {
    switch self {
    case .invalidSuite(let file, let line, let column, let reason):
      "The suite is not valid: "
        + ([file] + [line, column].compactMap { $0.map(String.init) }).joined(separator: ":")
        + ": \(reason)."
    case .couldNotMeasure(let reason): "The evaluation could not be measured: \(reason)."
    case .outOfTime(let limit, let side, let answered, let total, _):
      "The time limit of \(Quantity.duration(Double(limit.components.seconds))) was over when \(side) had given "
        + "\(Quantity.grouped(Int64(answered))) of \(Quantity.count(Int64(total), of: "answer"))."
    case .invalidReport(let reason): "A stored evaluation is not readable: \(reason)."
    case .invalidOutcomes(let reason): "The outcomes cannot be compared: \(reason)."
    }
  }

  public var advice: String? {
    switch self {
    case .invalidSuite: "Mend the file and run the same command again."
    case .couldNotMeasure:
      "This says nothing about the candidate: mend what is named and run the same command again."
    case .outOfTime(_, _, _, _, let areKept):
      areKept
        ? "This says nothing about the candidate. The answers are kept: the same command goes on where this one was."
        : "This says nothing about the candidate, and no answer was kept: give it more time, or leave out --no-cache."
    case .invalidReport: "Make it again with: mlops evaluate"
    case .invalidOutcomes: "Correct what is named, or begin the comparison anew with what is true."
    }
  }

  public var facts: [String: JSONValue] {
    guard case .invalidSuite(let file, let line, let column, let reason) = self else { return [:] }
    var facts: [String: JSONValue] = ["file": .string(file), "reason": .string(reason)]
    if let line { facts["line"] = .integer(line) }
    if let column { facts["column"] = .integer(column) }
    return facts
  }
}
