import JSON

/// `f1`, `precision`, `recall`: over the labels that the cases expect, each counting the same
/// (`macro`), as often as it is expected (`weighted`), or all together (`micro`).
struct LabelMetric: MetricDefinition {
  enum Measure: String, Sendable, CaseIterable { case f1, precision, recall }
  enum Average: String, Sendable, CaseIterable { case macro, micro, weighted }

  let measure: Measure
  let average: Average
  /// The member of the answer that is the label; nil for the whole answer.
  let field: String?
  let labels: LabelSet

  var name: String { "\(measure.rawValue):\(average.rawValue)" + (field.map { ":\($0)" } ?? "") }

  private var scores: LabelScores {
    let summary: LabelScores.Summary =
      switch (measure, average) {
      case (.f1, .macro): .macroF1
      case (.f1, .micro): .microF1
      case (.f1, .weighted): .weightedF1
      case (.precision, .macro): .macroPrecision
      case (.precision, .micro): .microPrecision
      case (.precision, .weighted): .weightedPrecision
      case (.recall, .macro): .macroRecall
      case (.recall, .micro): .microRecall
      case (.recall, .weighted): .weightedRecall
      }
    return LabelScores(labels: labels, summary: summary)
  }

  var statistic: any SummedStatistic { scores }

  func numbers(of samples: [Sample], _ one: SuiteCase) -> [Double]? {
    guard let expected = LabelMetric.label(of: one.label, field) else { return nil }
    let scores = scores
    return mean(over: samples) { sample in
      scores.numbers(
        expected: expected,
        answer: sample.label(of: one).flatMap { LabelMetric.label(of: $0, field) })
    }
  }

  /// The text of a label: a member of an object, or the value itself.
  static func label(of value: JSONValue, _ field: String?) -> String? {
    let value = field.map { value[$0] } ?? value
    return value.map { $0.string ?? $0.canonical }
  }
}
