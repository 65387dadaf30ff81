/// A curve in one line of text.
public enum Sparkline {
  private static let blocks = Array("▁▂▃▄▅▆▇█")

  /// Draws values, averaged into at most `width` columns; empty for none.
  public static func draw(_ values: [Double], width: Int) -> String {
    let finite = values.filter(\.isFinite)
    guard !finite.isEmpty, width > 0 else { return "" }
    let columns = min(width, finite.count)
    let means = (0..<columns).map { column in
      let start = column * finite.count / columns
      let end = (column + 1) * finite.count / columns
      return finite[start..<end].reduce(0, +) / Double(end - start)
    }
    let low = means.min() ?? 0
    let span = (means.max() ?? 0) - low
    return String(
      means.map { mean in
        span > 0 ? blocks[Int((mean - low) / span * 7)] : blocks[0]
      })
  }
}
