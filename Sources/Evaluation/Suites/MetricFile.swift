import Yams

/// Reads a metric's name: `accuracy`, `valid_json`, `exact_match: field` or `exact_match:field`.
struct MetricFile {
  let reader: SuiteReader

  func metric(_ node: Node) throws(EvaluationError) -> Metric {
    if node.mapping != nil {
      let members = try reader.mapping(node, keys: Metric.names, of: "a metric")
      guard members.count == 1, let field = members["exact_match"] else {
        throw reader.error(at: node, "only exact_match takes a field, as in 'exact_match: field'")
      }
      return .exactMatch(field: try reader.string(field, "the field of exact_match"))
    }
    let name = try reader.string(node, "a metric")
    switch name {
    case "accuracy": return .accuracy
    case "valid_json": return .validJSON
    case "exact_match":
      throw reader.error(at: node, "exact_match needs a field, as in 'exact_match: field'")
    default:
      if name.hasPrefix("exact_match:"), name.count > 12 {
        return .exactMatch(field: String(name.dropFirst(12)))
      }
      throw reader.error(
        at: node, "there is no metric '\(name)'" + reader.hint(name, Metric.names))
    }
  }
}
