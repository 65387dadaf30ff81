/// `pass_at: k`: the chance that one of k answers is right, from at least k samples of each case.
struct PassAtMetric: MetricDefinition {
  let k: Int
  var name: String { "pass_at:\(k)" }
  var statistic: any SummedStatistic { PassAtK(k: k) }

  func numbers(of samples: [Sample], _ one: SuiteCase) -> [Double]? {
    let accuracy = AccuracyMetric()
    return PassAtK(k: k).numbers(
      samples: samples.count, right: samples.count { accuracy.isRight($0, one) })
  }
}
