import MLOpsCore

/// What the two runs took, where it was measured.
struct PageCosts {
  let report: EvaluationReport

  /// The section; empty where nothing was measured.
  var html: String {
    let rows = figures + answers
    guard !rows.isEmpty else { return "" }
    return """
      <section id="costs"><h2>Cost</h2>
      <div class="scroll"><table class="figures"><caption>What answers took</caption>
      <thead><tr><th scope="col"></th><th scope="col" class="number">baseline</th><th scope="col" class="number">candidate</th><th scope="col" class="number">budget</th></tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      </section>
      """
  }

  private var figures: [String] {
    RunFigure.allCases.compactMap { figure in
      let (before, after) = (report.baseline.figure(figure), report.candidate.figure(figure))
      guard before != nil || after != nil else { return nil }
      let budget = report.suite.gate.budgets.first { $0.figure == figure }
      let isOver = budget.flatMap { budget in after.map { $0 > budget.limit } } ?? false
      return row(
        figure.rawValue, text(before, figure), text(after, figure), text(budget?.limit, figure),
        tone: isOver ? "worse" : "")
    }
  }

  /// How long answers are.
  private var answers: [String] {
    let tokens = [report.baseline, report.candidate].map { run in
      Percentiles(
        run.outcomes.flatMap(\.samples).map { Double($0.usage.completionTokens) })
    }
    return [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)].compactMap { name, share in
      let values = tokens.map { $0.value(at: share) }
      guard values.contains(where: { $0 != nil }) else { return nil }
      let texts = values.map {
        $0.map { Quantity.fixed($0, decimals: $0 == $0.rounded() ? 0 : 1) } ?? "–"
      }
      return row("completion_tokens of an answer, \(name)", texts[0], texts[1], "", tone: "")
    }
  }

  private func text(_ value: Double?, _ figure: RunFigure) -> String {
    guard let value else { return "" }
    switch figure {
    case .bytes: return Quantity.bytes(Int64(min(max(value, 0), 9e18)))
    case .completionTokens: return Quantity.grouped(Int64(min(max(value, 0), 9e18)))
    default: return Figure.value(value, figure.unit)
    }
  }

  private func row(
    _ name: String, _ before: String, _ after: String, _ budget: String, tone: String
  ) -> String {
    "<tr><th scope=\"row\">\(name)</th><td class=\"number\">\(before)</td>"
      + "<td class=\"number \(tone)\">\(after)</td><td class=\"number\">\(budget)</td></tr>"
  }
}
