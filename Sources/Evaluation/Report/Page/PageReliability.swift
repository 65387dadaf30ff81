import Foundation

/// Whether the models are right as often as their probabilities say, as a reliability diagram.
struct PageReliability {
  let report: EvaluationReport

  private static let size = 260.0
  private static let left = 40.0
  private static let top = 10.0

  /// The section; empty where no calibration is measured.
  var html: String {
    guard let bins else { return "" }
    let (before, after) = (table(report.baseline, bins), table(report.candidate, bins))
    let text = "Reliability: share of right answers by confidence, baseline and candidate"
    return """
      <section id="calibration"><h2>Calibration</h2>
      <div class="beside"><figure class="square"><svg class="plot" viewBox="0 0 330 310" role="img" aria-label="\(text)"><title>\(text)</title>
      \(frame)
      \(curve(before, "before"))
      \(curve(after, "after"))
      </svg></figure>
      <div class="note"><p>How often answers are right (upwards) where the model was that sure of them (to the right), in \(bins) bins. On the diagonal a model is as often right as it says; below it, it is too sure. Larger dots hold more cases.</p>
      <p class="legend"><span class="key before"></span> baseline <span class="key after"></span> candidate</p>
      <p>Largest gap of a bin: baseline \(gap(before)), candidate \(gap(after)).</p></div></div>
      </section>
      """
  }

  /// Of the suite's calibration error, 15 where it only has a Brier score.
  private var bins: Int? {
    let measures = report.suite.metrics.compactMap { $0.definition as? CalibrationMetric }
    for metric in measures {
      if case .expectedError(let bins) = metric.measure { return bins }
    }
    return measures.isEmpty ? nil : 15
  }

  private func table(_ run: SuiteRun, _ bins: Int) -> ReliabilityTable {
    let metric = CalibrationMetric(measure: .expectedError(bins: bins))
    let error = ExpectedCalibrationError(bins: bins)
    var sums = [Double](repeating: 0, count: error.width)
    for (index, one) in report.suite.cases.enumerated() {
      guard report.baseline.outcomes[index].failure == nil,
        report.candidate.outcomes[index].failure == nil,
        let numbers = metric.numbers(of: run.outcomes[index].samples, one)
      else { continue }
      for (column, number) in numbers.enumerated() { sums[column] += number }
    }
    return error.table(ofSums: sums)
  }

  private func gap(_ table: ReliabilityTable) -> String {
    Figure.value(table.maximumError, .share)
  }

  private func x(_ share: Double) -> String {
    place(PageReliability.left + share * PageReliability.size)
  }
  private func y(_ share: Double) -> String {
    place(PageReliability.top + (1 - share) * PageReliability.size)
  }
  private func place(_ value: Double) -> String { String(format: "%.1f", value) }

  private var frame: String {
    let ticks = [0, 0.25, 0.5, 0.75, 1].map { tick in
      let text = "\(Int(tick * 100))"
      return """
        <line class="grid" x1="\(x(0))" x2="\(x(1))" y1="\(y(tick))" y2="\(y(tick))"/>\
        <line class="grid" x1="\(x(tick))" x2="\(x(tick))" y1="\(y(0))" y2="\(y(1))"/>\
        <text x="\(x(tick))" y="288" text-anchor="middle">\(text)</text>\
        <text x="32" y="\(y(tick))" dy="4" text-anchor="end">\(text)</text>
        """
    }
    return ticks.joined(separator: "\n")
      + "<line class=\"margin\" x1=\"\(x(0))\" y1=\"\(y(0))\" x2=\"\(x(1))\" y2=\"\(y(1))\"/>"
      + "<text x=\"\(x(0.5))\" y=\"305\" text-anchor=\"middle\">confidence, %</text>"
  }

  private func curve(_ table: ReliabilityTable, _ kind: String) -> String {
    let rows = table.rows.filter { $0.count > 0 }
    let cases = rows.reduce(0) { $0 + $1.count }
    let points = rows.map { "\(x($0.meanConfidence)),\(y($0.shareRight))" }
    let dots = rows.map { row in
      let radius = 2.5 + 6 * (row.count / cases).squareRoot()
      return
        "<circle class=\"\(kind)\" cx=\"\(x(row.meanConfidence))\" cy=\"\(y(row.shareRight))\" r=\"\(place(radius))\"><title>\(kind == "before" ? "baseline" : "candidate"): \(Int(row.count)) cases, confidence \(Figure.value(row.meanConfidence, .share)), right \(Figure.value(row.shareRight, .share))</title></circle>"
    }
    return "<polyline class=\"\(kind)\" points=\"\(points.joined(separator: " "))\"/>"
      + dots.joined()
  }
}
