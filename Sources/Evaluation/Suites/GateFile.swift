import Yams

/// Reads a gate: the `gate` of a suite's file, or a file of its own.
struct GateFile {
  let reader: SuiteReader
  let metrics: [Metric]
  let slices: [String]
  let cases: [SuiteCase]

  private static let checkKeys = ["metric", "direction", "rule", "margin"]
  private static let keys =
    checkKeys + ["checks", "alpha", "min_cases", "max_failed", "slices", "must_pass", "budgets"]

  func gate(_ node: Node) throws(EvaluationError) -> Gate {
    let members = try reader.mapping(node, keys: GateFile.keys, of: "a gate")
    var gate = Gate(checks: try checks(members))
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
        gate.sliceMargins[name] = try self.margin(
          margin, gate.main.metric, "the margin of '\(name)'")
      }
    }
    if let node = members["must_pass"] {
      gate.mustPass = try reader.strings(node, "must_pass")
      let metric = gate.main.metric
      guard metric.isRightOrWrong else {
        throw reader.error(
          at: node,
          "must_pass needs a first metric by which answers are right or wrong, not '\(metric)'")
      }
      if let missing = gate.mustPass.first(where: { id in !cases.contains { $0.id == id } }) {
        throw reader.error(
          at: node, "must_pass names the case '\(missing)', which does not exist")
      }
    }
    if let node = members["budgets"] { gate.budgets = try budgets(node) }
    return gate
  }

  /// One check written out, or a list of them.
  private func checks(_ members: [String: Node]) throws(EvaluationError) -> [Gate.Check] {
    guard let node = members["checks"] else { return [try check(members)] }
    if let other = GateFile.checkKeys.compactMap({ members[$0] }).first {
      throw reader.error(at: other, "with 'checks' this belongs into one of them")
    }
    var checks: [Gate.Check] = []
    for element in try reader.list(node, "checks") {
      let check = try check(
        try reader.mapping(element, keys: GateFile.checkKeys, of: "a check"))
      guard !checks.contains(where: { $0.metric == check.metric }) else {
        throw reader.error(at: element, "the metric '\(check.metric)' is checked twice")
      }
      checks.append(check)
    }
    guard !checks.isEmpty else { throw reader.error(at: node, "checks must not be empty") }
    return checks
  }

  private func check(_ members: [String: Node]) throws(EvaluationError) -> Gate.Check {
    var metric = metrics.first ?? .accuracy
    if let node = members["metric"] {
      metric = try MetricFile(reader: reader, cases: cases).metric(node)
      guard metrics.contains(metric) else {
        throw reader.error(
          at: node,
          "the gate's metric '\(metric)' is not among the metrics"
            + reader.hint(metric.description, metrics.map(\.description)))
      }
    }
    var check = Gate.Check(metric: metric)
    if let node = members["direction"] {
      check.direction = try reader.choice(node, "direction", of: Gate.Direction.self)
    }
    if let node = members["rule"] {
      check.rule = try reader.choice(node, "rule", of: Gate.Rule.self)
    }
    if let node = members["margin"] { check.margin = try margin(node, metric, "margin") }
    return check
  }

  private func margin(_ node: Node, _ metric: Metric, _ subject: String) throws(EvaluationError)
    -> Double
  {
    metric.unit == .share
      ? try reader.share(node, subject)
      : try reader.number(node, subject, 0...1e12)
  }

  private func budgets(_ node: Node) throws(EvaluationError) -> [Gate.Budget] {
    let known = RunFigure.allCases.map(\.rawValue)
    var budgets: [Gate.Budget] = []
    for (name, limit) in try reader.mapping(node, keys: known, of: "budgets")
      .sorted(by: { $0.key < $1.key })
    {
      guard let figure = RunFigure(rawValue: name) else { continue }
      budgets.append(
        Gate.Budget(
          figure: figure, limit: try reader.number(limit, "the budget '\(name)'", 0...1e15)))
    }
    return budgets
  }
}
