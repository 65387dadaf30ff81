import JSON

extension EvaluationReport {
  /// Of the whole answer where it is a label, and of each field that a metric looks at.
  ///
  /// The whole answer is a label where a metric of labels says so (`f1`, `precision`, `recall`), of a
  /// choice among the same texts in every case, and of the task `label` where single values come back
  /// from case to case.
  public var confusions: [LabelConfusion] {
    var found: [LabelConfusion] = []
    func add(_ field: String?, _ labels: LabelSet) {
      guard !found.contains(where: { $0.field == field }),
        let one = LabelConfusion(
          field: field, labels: labels, suite: suite, baseline: baseline, candidate: candidate)
      else { return }
      found.append(one)
    }
    if let labels = labelsOfAnswers { add(nil, labels) }
    for metric in suite.metrics {
      switch metric.definition {
      case let metric as LabelMetric: add(metric.field, metric.labels)
      case let metric as ExactMatchMetric:
        if let labels = recurringLabels(metric.field) { add(metric.field, labels) }
      default: break
      }
    }
    return found
  }

  /// The labels that the task itself makes of whole answers.
  private var labelsOfAnswers: LabelSet? {
    switch suite.task {
    case is MultipleChoiceTask:
      let choices = suite.cases[0].choices
      return suite.cases.allSatisfy { $0.choices == choices } ? LabelSet(choices) : nil
    case is LabelTask: return recurringLabels(nil)
    default: return nil
    }
  }

  /// The single values that cases expect; nil where they are lists or objects, or hardly one comes
  /// twice: such answers are no labels.
  private func recurringLabels(_ field: String?) -> LabelSet? {
    var labels: [String] = []
    for one in suite.cases {
      let value = field.map { one.expected[$0] } ?? one.expected
      guard let value, value.array == nil, value.object == nil,
        let label = LabelMetric.label(of: one.label, field)
      else { return nil }
      labels.append(label)
    }
    let set = LabelSet(discoveredIn: labels)
    return set.labels.count * 2 <= labels.count ? set : nil
  }
}

extension LabelConfusion {
  /// Keys: `by` (a field; null for the whole answer), `labels`, `baseline`, `candidate`: for each
  /// expected label the counts of the answered ones, and last of other answers.
  var json: JSONValue {
    [
      "by": field.map { .string($0) } ?? .null,
      "labels": .array(labels.labels.map { .string($0) }),
      "baseline": LabelConfusion.json(baseline), "candidate": LabelConfusion.json(candidate),
    ]
  }

  private static func json(_ matrix: ConfusionMatrix) -> JSONValue {
    .array(matrix.rows.map { .array($0.map { .integer($0) }) })
  }
}
