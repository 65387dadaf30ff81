import JSON

/// `bleu`, `chrf`, `rouge_l`, `token_f1`, `match`: how much of the answer is in the expected texts.
struct OverlapMetric: MetricDefinition {
  /// An algorithm that compares an answer with references.
  protocol Algorithm: SummedStatistic {
    func numbers(answer: String, references: [String]) -> [Double]
  }

  let name: String
  let unit: MetricUnit
  let algorithm: any Algorithm

  var statistic: any SummedStatistic { algorithm }

  func numbers(of samples: [Sample], _ one: SuiteCase) -> [Double]? {
    let references = ([one.expected] + one.alternatives).map { $0.string ?? $0.canonical }
    return mean(over: samples) { sample in
      // An answer that cannot be read overlaps with nothing.
      algorithm.numbers(
        answer: sample.answer.value.map { $0.string ?? $0.canonical } ?? "", references: references)
    }
  }
}

extension BLEU: OverlapMetric.Algorithm {}
extension ChrF: OverlapMetric.Algorithm {}
extension RougeL: OverlapMetric.Algorithm {}
extension TokenF1: OverlapMetric.Algorithm {}
extension NormalisedMatch: OverlapMetric.Algorithm {}
