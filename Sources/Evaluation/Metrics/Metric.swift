/// What is measured of each case; known by its name.
public struct Metric: Sendable, Hashable, CustomStringConvertible {
  let definition: any MetricDefinition

  init(_ definition: some MetricDefinition) { self.definition = definition }

  /// As in a suite and in a report: `accuracy`, `exact_match:<field>`, `bleu` …
  public var description: String { definition.name }
  public var unit: MetricUnit { definition.unit }
  /// Which way is better, where a gate does not say.
  public var direction: Gate.Direction { definition.direction }

  /// The whole answer is right.
  public static let accuracy = Metric(AccuracyMetric())
  /// The answer is JSON.
  public static let validJSON = Metric(ValidJSONMetric())
  /// One field of the answer is right.
  public static func exactMatch(field: String) -> Metric { Metric(ExactMatchMetric(field: field)) }

  /// The number of cases whose numbers lie row after row.
  func value(of rows: [Double]) -> Double { definition.statistic.value(of: rows) }

  public static func == (left: Metric, right: Metric) -> Bool {
    left.description == right.description
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}
