import Yams

/// Reads the `gate` of a suite's file.
struct GateFile {
  let reader: SuiteReader

  private static let keys = [
    "metric", "direction", "rule", "margin", "alpha", "min_cases", "max_failed", "slices",
    "must_pass",
  ]

  func gate(_ node: Node, _ metrics: [Metric], _ slices: [String]) throws(EvaluationError)
    -> Gate
  {
    let members = try reader.mapping(node, keys: GateFile.keys, of: "a gate")
    var gate = Gate(metric: metrics.first ?? .accuracy)
    if let node = members["metric"] {
      gate.metric = try MetricFile(reader: reader).metric(node)
      guard metrics.contains(gate.metric) else {
        throw reader.error(
          at: node,
          "the gate's metric '\(gate.metric)' is not among the metrics"
            + reader.hint(gate.metric.description, metrics.map(\.description)))
      }
    }
    if let node = members["direction"] {
      gate.direction = try reader.choice(node, "direction", of: Gate.Direction.self)
    }
    if let node = members["rule"] {
      gate.rule = try reader.choice(node, "rule", of: Gate.Rule.self)
    }
    if let node = members["margin"] { gate.margin = try reader.share(node, "margin") }
    if let node = members["alpha"] {
      gate.alpha = try reader.share(node, "alpha")
      guard gate.alpha > 0, gate.alpha < 0.5 else {
        throw reader.error(at: node, "alpha must be above 0 and below 0.5")
      }
    }
    if let node = members["min_cases"] {
      gate.minimumCases = try reader.int(node, "min_cases", atLeast: 1)
    }
    if let node = members["max_failed"] {
      gate.maximumFailedShare = try reader.share(node, "max_failed")
    }
    if let node = members["slices"] {
      for (name, margin) in try reader.mapping(node, keys: slices, of: "slices of a gate") {
        gate.sliceMargins[name] = try reader.share(margin, "the margin of '\(name)'")
      }
    }
    if let node = members["must_pass"] { gate.mustPass = try reader.strings(node, "must_pass") }
    return gate
  }
}
