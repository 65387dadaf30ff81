import JSON

/// `consistency`: of a case that was asked in several wordings, the share of pairs of answers that are
/// the same, as `accuracy` compares them; nothing of other cases. Right answers play no part.
struct ConsistencyMetric: MetricDefinition {
  let name = "consistency"

  func numbers(of samples: [Sample], _ one: SuiteCase) -> [Double]? {
    var distinct: [JSONValue] = []
    let answers = samples.map { sample -> String? in
      guard let answer = sample.label(of: one) else { return nil }
      let place = distinct.firstIndex(of: answer) ?? distinct.count
      if place == distinct.count { distinct.append(answer) }
      return String(place)
    }
    return Consistency(measure: .pairwise).value(answers: answers).map { [$0, 1] }
  }
}
