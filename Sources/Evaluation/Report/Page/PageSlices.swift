import MLOpsCore

/// The slices of a report: for each a dot with its interval, beside its figures.
struct PageSlices {
  let report: EvaluationReport

  private var gate: Gate { report.suite.gate }
  private var unit: MetricUnit { gate.main.metric.unit }
  private var isHigherBetter: Bool { gate.main.direction == .higher }
  private static let middle = 13

  private var scale: PlotScale {
    PlotScale(
      holding: [0]
        + report.comparison.slices.flatMap { slice in
          [
            slice.figures.interval.lower, slice.figures.interval.upper, slice.figures.difference,
            margin(of: slice) ?? 0,
          ]
        })
  }

  /// The section; empty without slices.
  var html: String {
    guard !report.comparison.slices.isEmpty else { return "" }
    let scale = scale
    let layout = ReportLayout(report: report)
    return """
      <section id="slices"><h2>Slices</h2>
      <p class="note">\(HTMLText.escape(gate.main.metric.description)): the candidate minus the baseline with its \(layout.confidence) interval. Dashed: the margin of the slice.</p>
      <div class="scroll"><table class="figures forest"><caption>The gate’s first metric by slice</caption>
      <thead><tr><th scope="col">slice</th><th scope="col" class="picture">\(axis(scale))</th>\(titles)</tr></thead>
      <tbody>
      \(zip(report.comparison.slices, layout.sliceRows).map { row($0, $1, scale) }.joined(separator: "\n"))
      </tbody></table></div>
      <ul class="gaps">\(layout.gaps.map { "<li>\(HTMLText.escape($0))</li>" }.joined())</ul>
      </section>
      """
  }

  /// Of the columns beside the picture, which stands first so that a narrow screen shows it.
  private var titles: String {
    ["difference", "baseline", "candidate", "cases", "fixed", "broken"]
      .map { "<th scope=\"col\" class=\"number\">\($0)</th>" }.joined()
  }

  /// Where the slice must not fall below (or rise above).
  private func margin(of slice: SliceComparison) -> Double? {
    gate.sliceMargins[slice.field].map { isHigherBetter ? -$0 : $0 }
  }

  private func axis(_ scale: PlotScale) -> String {
    "<svg class=\"plot\" height=\"16\" role=\"img\" aria-label=\"axis of differences\">"
      + PlotAxis.labels(scale, unit, y: 12).joined() + "</svg>"
  }

  private func row(_ slice: SliceComparison, _ cells: [String], _ scale: PlotScale) -> String {
    let tone = PageTone.of(slice.figures, gate.main.direction)
    func number(_ index: Int, _ kind: String = "") -> String {
      "<td class=\"number\(kind)\">\(HTMLText.escape(cells[index]))</td>"
    }
    return "<tr><th scope=\"row\">\(HTMLText.escape(cells[0], limit: 200))</th>"
      + "<td class=\"picture\">\(picture(slice, tone, scale))</td>\(number(4, " " + tone))"
      + "\(number(2))\(number(3))\(number(1))\(number(5))\(number(6))</tr>"
  }

  private func picture(_ slice: SliceComparison, _ tone: String, _ scale: PlotScale) -> String {
    let (figures, y) = (slice.figures, PageSlices.middle)
    let text = HTMLText.escape(
      "\(HTMLText.cut("\(slice.field) = \(slice.value)", 200)): \(Figure.signed(figures.difference, unit)), interval \(Figure.interval(figures.interval, unit))"
    )
    func vertical(_ kind: String, _ value: Double) -> String {
      "<line class=\"\(kind)\" x1=\"\(scale.x(value))\" x2=\"\(scale.x(value))\" y1=\"0\" y2=\"\(2 * y)\"/>"
    }
    let margin = margin(of: slice).map { vertical("margin", $0) } ?? ""
    guard figures.cases > 0 else { return "" }
    return
      "<svg class=\"plot \(tone)\" height=\"\(2 * y)\" role=\"img\" aria-label=\"\(text)\"><title>\(text)</title>"
      + vertical("zero", 0) + margin
      + "<line class=\"whisker\" x1=\"\(scale.x(figures.interval.lower))\" x2=\"\(scale.x(figures.interval.upper))\" y1=\"\(y)\" y2=\"\(y)\"/>"
      + "<circle class=\"dot\" cx=\"\(scale.x(figures.difference))\" cy=\"\(y)\" r=\"4.5\"/></svg>"
  }
}
