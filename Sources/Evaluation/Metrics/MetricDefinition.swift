/// What is measured of each case, and how that becomes a number of many. Each metric is one file in
/// this folder, and a line in `MetricFile`.
protocol MetricDefinition: Sendable {
  /// As in a suite and in a report.
  var name: String { get }
  var unit: MetricUnit { get }
  /// Which way is better, where the gate does not say.
  var direction: Gate.Direction { get }
  var statistic: any SummedStatistic { get }
  /// `statistic.width` numbers, averaged over the samples; nil where the case gives none.
  func numbers(of samples: [Sample], _ one: SuiteCase) -> [Double]?
}

extension MetricDefinition {
  var unit: MetricUnit { .share }
  var direction: Gate.Direction { .higher }
  var statistic: any SummedStatistic { MeanStatistic() }

  /// The mean over samples of the numbers of each; nil where one gives none.
  func mean(over samples: [Sample], _ numbers: (Sample) -> [Double]?) -> [Double]? {
    guard let first = samples.first, var sums = numbers(first) else { return nil }
    for sample in samples.dropFirst() {
      guard let next = numbers(sample) else { return nil }
      for index in sums.indices { sums[index] += next[index] }
    }
    return samples.count == 1 ? sums : sums.map { $0 / Double(samples.count) }
  }
}

/// A metric of which each answer is right or wrong.
protocol RightOrWrong: MetricDefinition {
  func isRight(_ sample: Sample, _ one: SuiteCase) -> Bool
}

extension RightOrWrong {
  func numbers(of samples: [Sample], _ one: SuiteCase) -> [Double]? {
    guard !samples.isEmpty else { return nil }
    return [Double(samples.count { isRight($0, one) }) / Double(samples.count), 1]
  }
}

extension Metric {
  /// Whether each answer is right or wrong by it.
  var isRightOrWrong: Bool {
    definition is any RightOrWrong || definition.statistic is NormalisedMatch
  }
}

/// A metric that gives each answer a number, or none.
protocol NumberOfAnswer: MetricDefinition {
  func number(_ sample: Sample, _ one: SuiteCase) -> Double?
}

extension NumberOfAnswer {
  func numbers(of samples: [Sample], _ one: SuiteCase) -> [Double]? {
    mean(over: samples) { sample in number(sample, one).map { [$0, 1] } }
  }
}
