public import MLOpsCore

/// What an evaluation says of a candidate. "Could not measure" is an error and no verdict.
public enum Verdict: String, Sendable, CaseIterable {
  case passed, failed, inconclusive

  /// The kind of failure that a command ends with; nil for `passed`.
  public var failureKind: FailureKind? {
    switch self {
    case .passed: nil
    case .failed: .regression
    case .inconclusive: .inconclusive
    }
  }

  /// 0, 100 or 101.
  public var exitCode: Int32 { failureKind?.exitCode ?? 0 }
}
