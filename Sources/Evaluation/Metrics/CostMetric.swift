import MLOpsCore

/// `completion_tokens`, `prompt_tokens`, `time_to_first_token`, `seconds_per_token`: what an answer
/// costs, a mean over cases. Less is better.
struct CostMetric: NumberOfAnswer {
  enum Measure: String, Sendable, CaseIterable {
    case completionTokens = "completion_tokens"
    case promptTokens = "prompt_tokens"
    case firstToken = "time_to_first_token"
    case perToken = "seconds_per_token"
  }

  let measure: Measure

  var name: String { measure.rawValue }
  var direction: Gate.Direction { .lower }
  var unit: MetricUnit {
    switch measure {
    case .completionTokens, .promptTokens: .number
    case .firstToken, .perToken: .seconds
    }
  }

  func number(_ sample: Sample, _ one: SuiteCase) -> Double? {
    switch measure {
    case .completionTokens: Double(sample.usage.completionTokens)
    case .promptTokens: Double(sample.usage.promptTokens)
    case .firstToken: sample.timings?.firstToken
    case .perToken:
      sample.timings.flatMap {
        $0.tokenSeconds.isEmpty ? nil : $0.tokenSeconds.reduce(0, +) / Double($0.tokenSeconds.count)
      }
    }
  }
}
