import MLOpsCore

/// The metrics of a report: a table, and how the differences of each are spread.
struct PageMetrics {
  let report: EvaluationReport

  private var layout: ReportLayout { ReportLayout(report: report) }
  private var gate: Gate { report.suite.gate }

  var html: String {
    """
    <section id="metrics"><h2>Metrics</h2>
    <div class="scroll"><table class="figures"><caption>Candidate against baseline, paired over the same cases</caption>
    <thead><tr>\(head)</tr></thead>
    <tbody>
    \(zip(report.comparison.metrics, layout.metricRows).map(row).joined(separator: "\n"))
    </tbody></table></div>
    <h3>How sure the differences are</h3>
    <p class="note">Each picture shows the candidate minus the baseline in \(Quantity.grouped(Int64(report.bootstrap.resamples))) resamples of the cases. Shaded: the \(layout.confidence) interval. Solid thin line: no difference. Dashed: the margin of the gate; what lies beyond it is not allowed. Thick: what was measured.</p>
    <div class="plots">
    \(report.comparison.metrics.enumerated().map(plot).joined(separator: "\n"))
    </div></section>
    """
  }

  private var head: String {
    (layout.metricTitles + ["gate"]).enumerated().map { index, title in
      "<th scope=\"col\"\(index == 0 ? "" : " class=\"number\"")>\(title)</th>"
    }.joined()
  }

  private func check(_ metric: Metric) -> Gate.Check? {
    gate.checks.first { $0.metric == metric }
  }

  private func row(_ one: MetricComparison, _ cells: [String]) -> String {
    let check = check(one.metric)
    let tone = PageTone.of(one.figures, check?.direction ?? one.metric.direction)
    let ends = [nil, one.baseline, one.candidate]
    let numbers = cells.indices.dropFirst().map { index in
      let interval = index < 3 ? ends[index] : nil
      let range = interval.map {
        "<span class=\"range\">\(Figure.value($0.lower, one.metric.unit)) … \(Figure.value($0.upper, one.metric.unit))</span>"
      }
      return
        "<td class=\"number\(index == 3 ? " \(tone)" : "")\">\(HTMLText.escape(cells[index]))\(range ?? "")</td>"
    }
    return "<tr><th scope=\"row\">\(PageMetrics.name(cells[0]))</th>\(numbers.joined())"
      + "<td class=\"number\">\(check.map(PageMetrics.demand) ?? "")</td></tr>"
  }

  /// A metric's name, which may break where its words end.
  private static func name(_ text: String) -> String {
    HTMLText.escape(text, limit: 200).replacing("_", with: "_<wbr>")
      .replacing(":", with: ":<wbr>")
  }

  /// What the gate asks, in a few words.
  private static func demand(_ check: Gate.Check) -> String {
    switch check.rule {
    case .improvement: "<span class=\"chip\">must improve</span>"
    case .noRegression:
      "<span class=\"chip\">margin \(Figure.amount(check.margin, check.metric.unit))</span>"
    }
  }

  private func plot(_ place: Int, _ one: MetricComparison) -> String {
    let plot = DifferencePlot(
      comparison: one, check: check(one.metric), resampled: report.differences(ofMetric: place))
    return """
      <figure><figcaption><b>\(PageMetrics.name(one.metric.description))</b> <span>\(Figure.signed(one.figures.difference, one.metric.unit)) (\(Figure.interval(one.figures.interval, one.metric.unit)))</span></figcaption>
      \(plot.html)</figure>
      """
  }
}

/// Whether a difference is good or bad news.
enum PageTone {
  /// `better` or `worse` where the interval leaves out zero, else `even`.
  static func of(_ figures: PairedFigures, _ direction: Gate.Direction) -> String {
    let interval = direction == .higher ? figures.interval : figures.interval.negated
    if interval.lower > 0 { return "better" }
    return interval.upper < 0 ? "worse" : "even"
  }
}

extension EvaluationReport {
  /// The differences that the bootstrap's resamples come to, of the metric at a place in the suite; nil
  /// where it has none.
  func differences(ofMetric place: Int) -> ResampledDifferences? {
    var (before, after): ([Double], [Double]) = ([], [])
    for index in suite.cases.indices {
      guard let left = baseline.outcomes[index].numbers(place),
        let right = candidate.outcomes[index].numbers(place)
      else { continue }
      before += left
      after += right
    }
    let figures = comparison.metrics[place].figures
    let statistic = suite.metrics[place].definition.statistic
    return bootstrap.differences(
      of: statistic, candidate: after, baseline: before,
      step: figures.counts == nil ? nil : 1 / Double(figures.cases))
  }
}
