import MLOpsCore

/// What a run took, beside what it answered.
public enum RunFigure: String, Sendable, Hashable, CaseIterable {
  /// Seconds to the first token: the median, and what 95 % of answers stay below.
  case firstTokenMedian = "time_to_first_token_p50"
  case firstTokenTail = "time_to_first_token_p95"
  /// Seconds from one token to the next, likewise.
  case tokenMedian = "seconds_per_token_p50"
  case tokenTail = "seconds_per_token_p95"
  /// Tokens of all answers, over all cases.
  case completionTokens = "completion_tokens"
  /// Bytes of the release's files.
  case bytes

  /// How its numbers are written.
  var unit: MetricUnit {
    switch self {
    case .firstTokenMedian, .firstTokenTail, .tokenMedian, .tokenTail: .seconds
    case .completionTokens, .bytes: .number
    }
  }
}

extension SuiteRun {
  /// A figure of all answers; nil where it was not measured.
  public func figure(_ figure: RunFigure) -> Double? {
    switch figure {
    case .firstTokenMedian: percentile(0.5, of: { [$0.firstToken] })
    case .firstTokenTail: percentile(0.95, of: { [$0.firstToken] })
    case .tokenMedian: percentile(0.5, of: \.tokenSeconds)
    case .tokenTail: percentile(0.95, of: \.tokenSeconds)
    case .completionTokens: Double(samples.reduce(0) { $0 + $1.usage.completionTokens })
    case .bytes: bytes.map(Double.init)
    }
  }

  private func percentile(_ share: Double, of seconds: (ModelTimings) -> [Double]) -> Double? {
    let timings = samples.compactMap(\.timings)
    return Percentiles(timings.flatMap(seconds)).value(at: share)
  }

  private var samples: [Sample] { outcomes.flatMap(\.samples) }
}
