/// How a bootstrap's differences lie about zero and a margin, as an inline picture.
struct DifferencePlot {
  let comparison: MetricComparison
  /// What the gate asks of the metric, where it does.
  let check: Gate.Check?
  let resampled: ResampledDifferences?

  private static let height = 150
  private static let axis = 122

  private var figures: PairedFigures { comparison.figures }
  private var unit: MetricUnit { comparison.metric.unit }
  private var isHigherBetter: Bool {
    (check?.direction ?? comparison.metric.direction) == .higher
  }
  /// The difference that the interval must not cross.
  private var bound: Double? {
    check.map { $0.rule == .improvement ? 0 : isHigherBetter ? -$0.margin : $0.margin }
  }

  private var scale: PlotScale {
    PlotScale(
      holding: [
        0, figures.difference, figures.interval.lower, figures.interval.upper, bound ?? 0,
        resampled?.lower ?? 0, resampled?.upper ?? 0,
      ])
  }

  /// The picture; a sentence where every resample comes to the same.
  var html: String {
    guard let resampled, resampled.counts.count == 1 else { return svg }
    return
      "<p class=\"note\">Every resample comes to \(Figure.signed(figures.difference, unit)): no case differs from the others.</p>"
  }

  private var svg: String {
    let name = HTMLText.escape(comparison.metric.description)
    let text =
      "\(name): difference \(Figure.signed(figures.difference, unit)), interval \(Figure.interval(figures.interval, unit))"
    return """
      <svg class="plot" height="\(DifferencePlot.height)" role="img" aria-label="\(text)"><title>\(text)</title>
      \((refused + band + bars + lines + axis).joined(separator: "\n"))
      </svg>
      """
  }

  /// The side of the margin on which the interval must not lie.
  private var refused: [String] {
    guard let bound else { return [] }
    let (start, end) = isHigherBetter ? (scale.lower, bound) : (bound, scale.upper)
    return [rectangle("refused", start, end, y: 8, height: DifferencePlot.axis - 8)]
  }

  private var band: [String] {
    let (lower, upper) = (figures.interval.lower, figures.interval.upper)
    return [rectangle("band", lower, upper, y: 8, height: DifferencePlot.axis - 8)]
  }

  private var bars: [String] {
    guard let resampled, let most = resampled.counts.max(), most > 0 else { return [] }
    return resampled.counts.enumerated().compactMap { index, count in
      guard count > 0 else { return nil }
      let start = resampled.lower + Double(index) * resampled.width
      let middle = start + resampled.width / 2
      let isRefused = bound.map { isHigherBetter ? middle < $0 : middle > $0 } ?? false
      let height = max(1, Int((Double(count) / Double(most) * 100).rounded()))
      return rectangle(
        isRefused ? "bar out" : "bar", start, start + resampled.width,
        y: DifferencePlot.axis - height, height: height)
    }
  }

  private var lines: [String] {
    [vertical("zero", 0)] + (bound.map { $0 == 0 ? [] : [vertical("margin", $0)] } ?? [])
      + [vertical("seen", figures.difference)]
  }

  private var axis: [String] {
    let y = DifferencePlot.axis
    return ["<line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"\(y)\" y2=\"\(y)\"/>"]
      + PlotAxis.labels(scale, unit, y: y + 18)
  }

  private func vertical(_ kind: String, _ value: Double) -> String {
    let x = scale.x(value)
    return
      "<line class=\"\(kind)\" x1=\"\(x)\" x2=\"\(x)\" y1=\"4\" y2=\"\(DifferencePlot.axis)\"/>"
  }

  private func rectangle(_ kind: String, _ from: Double, _ to: Double, y: Int, height: Int)
    -> String
  {
    "<rect class=\"\(kind)\" x=\"\(scale.x(from))\" width=\"\(scale.length(from, to))\" y=\"\(y)\" height=\"\(height)\"/>"
  }
}

/// Numbers below an axis.
enum PlotAxis {
  static func labels(_ scale: PlotScale, _ unit: MetricUnit, y: Int) -> [String] {
    scale.ticks.map { tick in
      let share = scale.share(tick)
      let anchor = share < 0.05 ? "start" : share > 0.95 ? "end" : "middle"
      return
        "<text x=\"\(scale.x(tick))\" y=\"\(y)\" text-anchor=\"\(anchor)\">\(Figure.signed(tick, unit))</text>"
    }
  }
}
