public import MLOpsCore

/// What one release answered.
public struct SuiteRun: Sendable, Hashable {
  /// One case's outcome.
  public enum Outcome: Sendable, Hashable {
    /// The model answered; `right` holds what each metric says of it.
    case answered(output: String, answer: Answer, right: [Metric: Bool], usage: TokenUsage)
    /// The case could not be run; the reason is a sentence.
    case failed(reason: String)
  }

  /// How people call the release.
  public let label: String
  /// The digest of the release.
  public let release: Digest
  /// In the order of the suite's cases, one for each.
  public let outcomes: [Outcome]
  /// The sampling seed of every case.
  public let seed: UInt32

  public init(label: String, release: Digest, outcomes: [Outcome], seed: UInt32) {
    self.label = label
    self.release = release
    self.outcomes = outcomes
    self.seed = seed
  }

  /// How many cases were right by a metric, of how many that ran.
  public func count(_ metric: Metric) -> (right: Int, measured: Int) {
    let values = outcomes.compactMap { $0.isRight(metric) }
    return (values.count { $0 }, values.count)
  }
}

extension SuiteRun.Outcome {
  /// Whether the case is right; nil where it failed to run or the metric was not asked for.
  public func isRight(_ metric: Metric) -> Bool? {
    if case .answered(_, _, let right, _) = self { right[metric] } else { nil }
  }

  /// What the model wrote; nil where the case failed to run.
  public var output: String? {
    if case .answered(let output, _, _, _) = self { output } else { nil }
  }

  /// Why the output is no answer.
  public var unreadable: String? {
    if case .answered(_, let answer, _, _) = self { answer.reason } else { nil }
  }

  /// Why the case failed to run.
  public var failure: String? { if case .failed(let reason) = self { reason } else { nil } }
}
