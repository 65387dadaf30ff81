/// `ece`, `brier`: whether the model is right as often as its probabilities for the choices say.
///
/// Its confidence is the softmax over the choices' log-likelihoods, of the choice it takes.
struct CalibrationMetric: MetricDefinition {
  enum Measure: Sendable {
    case expectedError(bins: Int)
    case brier
  }

  let measure: Measure

  var name: String {
    switch measure {
    case .expectedError(let bins): bins == 15 ? "ece" : "ece:\(bins)"
    case .brier: "brier"
    }
  }

  var unit: MetricUnit { .number }
  var direction: Gate.Direction { .lower }

  var statistic: any SummedStatistic {
    switch measure {
    case .expectedError(let bins): ExpectedCalibrationError(bins: bins)
    case .brier: BrierScore()
    }
  }

  func numbers(of samples: [Sample], _ one: SuiteCase) -> [Double]? {
    mean(over: samples) { sample in
      guard let chosen = sample.chosen(.sum, of: one),
        let confidence = sample.probability(ofChoice: chosen)
      else { return nil }
      let isRight = one.rightChoices.contains(chosen)
      return switch measure {
      case .expectedError(let bins):
        ExpectedCalibrationError(bins: bins).numbers(confidence: confidence, isRight: isRight)
      case .brier: BrierScore().numbers(confidence: confidence, isRight: isRight)
      }
    }
  }
}
