import JSON
import Yams

/// Reads a metric: a word (`accuracy`), or a key with its value (`exact_match: field`), which may
/// also be written `exact_match:field`.
struct MetricFile {
  let reader: SuiteReader
  /// The suite's, of which labels are collected.
  let cases: [SuiteCase]

  /// Metrics that need nothing said.
  private static let plain: [Metric] =
    [
      .accuracy, .validJSON, Metric(ChoiceAccuracyMetric(norm: .characters)),
      Metric(ChoiceAccuracyMetric(norm: .bytes)), Metric(ChoiceAccuracyMetric(norm: .tokens)),
      Metric(CalibrationMetric(measure: .brier)), Metric(GreedyMatchMetric()),
      Metric(RefusalMetric(measure: .refused)), Metric(ConsistencyMetric()),
      Metric(JudgeScoreMetric()), Metric(JudgeWinMetric()),
    ]
    + LikelihoodMetric.named.map { Metric(LikelihoodMetric(measure: $0.1)) }
    + CostMetric.Measure.allCases.map { Metric(CostMetric(measure: $0)) }

  /// Metrics that take a value, and the value they have where none is said; nil where one must be.
  private static let valued: [String: String?] = [
    "exact_match": nil, "bleu": "13a", "chrf": "chrf", "rouge_l": "words", "token_f1": "squad",
    "match": "squad", "f1": "macro", "precision": "macro", "recall": "macro", "ece": "15",
    "pass_at": nil, "contains": nil, "not_contains": nil, "starts_with": nil, "ends_with": nil,
    "equals": nil, "regex": nil, "not_regex": nil, "json_equals": "ordered",
    "json_contains": "ordered", "refusal": nil, "over_refusal": nil, "under_refusal": nil,
  ]

  static var names: [String] { Set(plain.map(\.description) + valued.keys).sorted() }

  func metric(_ node: Node) throws(EvaluationError) -> Metric {
    guard node.mapping != nil else {
      let text = try reader.string(node, "a metric")
      if let metric = MetricFile.plain.first(where: { $0.description == text }) { return metric }
      let (name, value) = MetricFile.parts(text)
      return try metric(name, value, at: node)
    }
    let members = try reader.mapping(node, keys: Array(MetricFile.valued.keys), of: "a metric")
    guard members.count == 1, let (name, value) = members.first else {
      throw reader.error(at: node, "a metric is one word, or one key with its value")
    }
    return try metric(name, try reader.text(value, "the value of \(name)"), at: value)
  }

  private static func parts(_ text: String) -> (name: String, value: String?) {
    guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else { return (text, nil) }
    let value = text[text.index(after: colon)...].drop { $0 == " " }
    return (String(text[..<colon]), value.isEmpty ? nil : String(value))
  }

  private func metric(_ name: String, _ value: String?, at node: Node) throws(EvaluationError)
    -> Metric
  {
    guard let usual = MetricFile.valued[name] else {
      throw reader.error(
        at: node, "there is no metric '\(name)'" + reader.hint(name, MetricFile.names))
    }
    guard let value = value ?? usual, !value.isEmpty else {
      throw reader.error(at: node, "\(name) needs a value, as in '\(name): …'")
    }
    switch name {
    case "exact_match":
      try checkField(value, at: node)
      return .exactMatch(field: value)
    case "bleu": return try overlap(name, value, .score, at: node) { BLEU(tokenizer: $0) }
    case "chrf":
      return Metric(
        OverlapMetric(
          name: value == "chrf" ? "chrf" : "chrf:\(value)", unit: .score,
          algorithm: try chrf(value, at: node)))
    case "rouge_l": return try overlap(name, value, .share, at: node) { RougeL(units: $0) }
    case "token_f1": return try overlap(name, value, .share, at: node) { TokenF1(tokens: $0) }
    case "match": return try overlap(name, value, .share, at: node) { NormalisedMatch(tokens: $0) }
    case "ece":
      return Metric(CalibrationMetric(measure: .expectedError(bins: try whole(value, node))))
    case "pass_at": return Metric(PassAtMetric(k: try whole(value, node)))
    case "json_equals", "json_contains":
      let arrays: JSONAssertion.Arrays = try word(value, at: node)
      return Metric(
        AssertionMetric(
          name: arrays == .ordered ? name : "\(name):\(value)",
          assertion: .expectedJSON(arrays: arrays, allowsMore: name == "json_contains")))
    case "refusal", "over_refusal", "under_refusal":
      return try refusal(name, value, at: node)
    default:
      if let measure = LabelMetric.Measure(rawValue: name) {
        return try label(measure, value, at: node)
      }
      return Metric(
        AssertionMetric(
          name: "\(name):\(value)",
          assertion: .text(TextAssertion(try condition(name, value, at: node)))))
    }
  }

  private func refusal(_ name: String, _ field: String, at node: Node) throws(EvaluationError)
    -> Metric
  {
    guard let metric = RefusalMetric(name, field: field) else {
      throw reader.error(at: node, "there is no metric '\(name)'")
    }
    if let mistake = metric.mistake(cases) { throw reader.error(at: node, mistake) }
    return Metric(metric)
  }

  private func checkField(_ field: String, at node: Node) throws(EvaluationError) {
    guard let one = cases.first(where: { $0.expected[field] == nil }) else { return }
    throw reader.error(
      at: node,
      "the right answer of the case '\(one.id)' has no field '\(field)'"
        + reader.hint(field, one.expected.object?.keys.sorted() ?? []))
  }

  private func overlap<Choice: RawRepresentable & CaseIterable>(
    _ name: String, _ value: String, _ unit: MetricUnit, at node: Node,
    _ make: (Choice) -> some OverlapMetric.Algorithm
  ) throws(EvaluationError) -> Metric where Choice.RawValue == String {
    let choice: Choice = try word(value, at: node)
    let isUsual = MetricFile.valued[name] == value
    return Metric(
      OverlapMetric(name: isUsual ? name : "\(name):\(value)", unit: unit, algorithm: make(choice)))
  }

  private func chrf(_ value: String, at node: Node) throws(EvaluationError) -> ChrF {
    switch value {
    case "chrf": return ChrF()
    case "plus_plus": return .plusPlus
    default:
      throw reader.error(
        at: node, "chrf cannot be '\(value)'" + reader.hint(value, ["chrf", "plus_plus"]))
    }
  }

  /// `macro`, or `macro:field`.
  private func label(_ measure: LabelMetric.Measure, _ value: String, at node: Node)
    throws(EvaluationError) -> Metric
  {
    let (name, field) = MetricFile.parts(value)
    let average: LabelMetric.Average = try word(name, at: node)
    if let field { try checkField(field, at: node) }
    let labels = cases.compactMap { LabelMetric.label(of: $0.label, field) }
    return Metric(
      LabelMetric(
        measure: measure, average: average, field: field, labels: LabelSet(discoveredIn: labels)))
  }

  private func condition(_ name: String, _ value: String, at node: Node) throws(EvaluationError)
    -> TextAssertion.Condition
  {
    switch name {
    case "contains": return .contains(value)
    case "not_contains": return .notContains(value)
    case "starts_with": return .startsWith(value)
    case "ends_with": return .endsWith(value)
    case "equals": return .equals(value)
    default:
      do {
        let pattern = try BoundedPattern(value)
        return name == "regex" ? .matches(pattern) : .notMatches(pattern)
      } catch {
        throw reader.error(at: node, "'\(value)' is no pattern: \(error.reason)")
      }
    }
  }

  private func word<Choice: RawRepresentable & CaseIterable>(_ value: String, at node: Node)
    throws(EvaluationError) -> Choice where Choice.RawValue == String
  {
    guard let choice = Choice(rawValue: value) else {
      throw reader.error(
        at: node,
        "'\(value)' is not known here" + reader.hint(value, Choice.allCases.map(\.rawValue)))
    }
    return choice
  }

  private func whole(_ value: String, _ node: Node) throws(EvaluationError) -> Int {
    guard let number = Int(value), (1...1000).contains(number) else {
      throw reader.error(at: node, "expected a whole number from 1 to 1000, found '\(value)'")
    }
    return number
  }
}
