extension LinePlot {
  /// Draws the first curve as a line and the points of the others as circles, as an SVG document.
  ///
  /// - Parameters:
  ///   - title: stands above.
  ///   - series: at most three.
  /// - Returns: the document; without curves where there are no points.
  public static func svg(title: String, _ series: [Series]) -> String {
    let (width, height, left, top) = (720.0, 400.0, 64.0, 40.0)
    let (right, bottom) = (width - 16, height - 40)
    var parts = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 400\" font-family=\"sans-serif\" font-size=\"12\">",
      "<rect width=\"720\" height=\"400\" fill=\"#fff\"/>",
      "<text x=\"\(left)\" y=\"22\" font-size=\"14\">\(escaped(title))</text>",
    ]
    if let range = PlotRange(series) {
      func place(_ point: (x: Double, y: Double)) -> (String, String) {
        let x = left + (point.x - range.first) / (range.last - range.first) * (right - left)
        let y = top + (range.highest - point.y) / (range.highest - range.lowest) * (bottom - top)
        return (Quantity.fixed(x, decimals: 1), Quantity.fixed(y, decimals: 1))
      }
      let quarters = (0...4).map { Double($0) / 4 }
      let values = quarters.map { range.lowest + $0 * (range.highest - range.lowest) }
      for (value, label) in zip(values, PlotRange.labels(values)) {
        let (_, y) = place((range.first, value))
        parts.append(
          "<line x1=\"\(left)\" x2=\"\(right)\" y1=\"\(y)\" y2=\"\(y)\" stroke=\"#ddd\"/>"
            + "<text x=\"\(left - 6)\" y=\"\(y)\" dy=\"4\" text-anchor=\"end\">\(label)</text>"
        )
      }
      // Whole steps, each once and where it is.
      let steps = Set(quarters.map { (range.first + $0 * (range.last - range.first)).rounded() })
      for step in steps.sorted() {
        let (x, _) = place((step, range.lowest))
        parts.append(
          "<text x=\"\(x)\" y=\"\(bottom + 18)\" text-anchor=\"middle\">\(Int(step))</text>"
        )
      }
      let colours = ["#2563eb", "#dc2626", "#059669"]
      for (index, curve) in series.prefix(colours.count).enumerated() {
        let colour = colours[index]
        if index == 0 {
          let line = curve.points.sorted { $0.x < $1.x }.map { point -> String in
            let (x, y) = place(point)
            return "\(x),\(y)"
          }.joined(separator: " ")
          parts.append(
            "<polyline points=\"\(line)\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"1.5\"/>"
          )
        } else {
          for point in curve.points {
            let (x, y) = place(point)
            parts.append("<circle cx=\"\(x)\" cy=\"\(y)\" r=\"4\" fill=\"\(colour)\"/>")
          }
        }
        parts.append(
          "<text x=\"\(right - 100)\" y=\"\(top + 16 + 16 * Double(index))\" fill=\"\(colour)\">\(escaped(curve.name))</text>"
        )
      }
    }
    return (parts + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private static func escaped(_ text: String) -> String {
    String(
      text.flatMap { character -> String in
        switch character {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        default: String(character)
        }
      })
  }
}
