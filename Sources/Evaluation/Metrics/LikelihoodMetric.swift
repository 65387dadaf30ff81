import MLOpsCore

/// `log_likelihood`, `greedy_match`, `perplexity` …: how likely the model finds the expected text.
struct LikelihoodMetric: MetricDefinition {
  enum Measure: Sendable, Hashable {
    /// ln p of the text, a mean over cases (nats).
    case logLikelihood
    case perplexity(Perplexity.Unit)
  }

  let measure: Measure

  /// As in a suite: what lm-evaluation-harness calls them, where it does.
  static let named: [(String, Measure)] = [
    ("log_likelihood", .logLikelihood), ("perplexity", .perplexity(.token)),
    ("word_perplexity", .perplexity(.word)), ("byte_perplexity", .perplexity(.byte)),
    ("bits_per_byte", .perplexity(.bitsPerByte)),
  ]

  var name: String { LikelihoodMetric.named.first { $0.1 == measure }?.0 ?? "perplexity" }
  var unit: MetricUnit { .number }
  var direction: Gate.Direction { measure == .logLikelihood ? .higher : .lower }

  var statistic: any SummedStatistic {
    switch measure {
    case .logLikelihood: MeanStatistic()
    case .perplexity(let unit): Perplexity(unit: unit)
    }
  }

  func numbers(of samples: [Sample], _ one: SuiteCase) -> [Double]? {
    mean(over: samples) { sample in
      guard let score = sample.scores.first, score.logLikelihood.isFinite else { return nil }
      return switch measure {
      case .logLikelihood: [score.logLikelihood, 1]
      case .perplexity(let unit):
        Perplexity(unit: unit).numbers(
          logLikelihood: score.logLikelihood, tokens: score.tokens, text: one.scored)
      }
    }
  }
}

/// `greedy_match`: the model would itself have written the expected text, greedily.
struct GreedyMatchMetric: RightOrWrong {
  let name = "greedy_match"

  func isRight(_ sample: Sample, _ one: SuiteCase) -> Bool {
    sample.scores.first?.isGreedy ?? false
  }
}
