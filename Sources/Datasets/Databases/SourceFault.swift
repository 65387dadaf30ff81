public import MLOpsCore

/// What kind of thing keeps a database or a binary file from giving rows.
public enum SourceFault: String, Sendable, Equatable {
  /// The query is missing, wrong, or does more than read.
  case refusedQuery = "refused_query"
  /// Its bytes are not what its format demands.
  case damagedSource = "damaged_source"
  /// Well formed, but beyond what is read here.
  case unsupportedSource = "unsupported_source"
  /// It does not answer, or not now.
  case unreachableSource = "unreachable_source"
  /// A library that only this kind of source needs is not installed.
  case missingLibrary = "missing_library"
  /// The caller gave up.
  case interrupted

  /// Decides the exit code.
  public var kind: FailureKind {
    switch self {
    case .refusedQuery: .usage
    case .damagedSource, .unsupportedSource: .invalidInput
    case .unreachableSource, .missingLibrary: .unavailable
    case .interrupted: .cancelled
    }
  }
}

extension DatasetsError {
  /// The reading of a source was cut short by a signal.
  static func interrupted(_ source: String) -> DatasetsError {
    .sourceFailed(
      .interrupted, source: source, reason: "reading it was interrupted", advice: nil)
  }

  /// Looks whether the task was cancelled.
  ///
  /// - Throws: `datasets.interrupted`.
  static func checkInterruption(of source: String) throws(DatasetsError) {
    if Task.isCancelled { throw .interrupted(source) }
  }
}
