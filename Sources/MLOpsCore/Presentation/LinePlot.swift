/// Curves over steps, drawn in a terminal with braille dots.
public enum LinePlot {
  /// One curve.
  public struct Series: Sendable {
    public let name: String
    /// Not in any order; those that are no finite number are left out.
    public let points: [(x: Double, y: Double)]

    public init(name: String, points: [(x: Double, y: Double)]) {
      self.name = name
      self.points = points.filter { $0.x.isFinite && $0.y.isFinite }
    }
  }

  /// Draws the first curve's means per column as a line, and the points of the others as crosses.
  ///
  /// - Parameters:
  ///   - width: columns of the plot without the numbers at its left, at least 8.
  ///   - height: lines of the plot, at least 2.
  /// - Returns: lines; empty where there are fewer than two points.
  public static func draw(_ series: [Series], width: Int = 60, height: Int = 10) -> [String] {
    guard let range = PlotRange(series), (series.first?.points.count ?? 0) > 1 else { return [] }
    var dots = DotGrid(width: max(width, 8), height: max(height, 2))
    if let curve = series.first {
      var before: (column: Int, row: Int)?
      for (column, mean) in range.means(of: curve, columns: dots.columns) {
        let row = range.row(of: mean, rows: dots.rows)
        dots.line(from: before ?? (column, row), to: (column, row))
        before = (column, row)
      }
    }
    for other in series.dropFirst() {
      for point in other.points {
        dots.mark(
          column: range.column(of: point.x, columns: dots.columns),
          row: range.row(of: point.y, rows: dots.rows))
      }
    }
    let lines = dots.lines
    let labelled = [0, lines.count / 2, lines.count - 1]
    let texts = PlotRange.labels(
      labelled.map { index in
        let share = Double(index) / Double(max(lines.count - 1, 1))
        return range.highest - share * (range.highest - range.lowest)
      })
    let labels = lines.indices.map { labelled.firstIndex(of: $0).map { texts[$0] } ?? "" }
    let margin = labels.map(\.count).max() ?? 0
    var drawn = zip(labels, lines).map { label, line in
      String(repeating: " ", count: margin - label.count) + label + (label.isEmpty ? " │" : " ┤")
        + line
    }
    let (first, last) = ("\(Int(range.first))", "\(Int(range.last))")
    let columns = max(width, 8)
    let gap = String(repeating: " ", count: max(1, columns - first.count - last.count))
    let indent = String(repeating: " ", count: margin)
    drawn.append("\(indent) └" + String(repeating: "─", count: columns))
    drawn.append("\(indent)  \(first)\(gap)\(last)")
    return drawn
  }
}

/// The extent of some curves.
struct PlotRange {
  let first: Double
  let last: Double
  let lowest: Double
  let highest: Double

  /// Nil where there is no point.
  init?(_ series: [LinePlot.Series]) {
    let points = series.flatMap(\.points)
    guard let first = points.map(\.x).min(), let last = points.map(\.x).max(),
      let lowest = points.map(\.y).min(), let highest = points.map(\.y).max()
    else { return nil }
    self.first = first
    self.last = max(last, first + 1)
    self.lowest = lowest
    self.highest = highest > lowest ? highest : lowest + 1
  }

  /// Numbers of an axis as people read them, with as many decimals as tell them apart.
  static func labels(_ values: [Double]) -> [String] {
    let usual = values.map(Quantity.significant)
    let count = Set(values).count
    guard Set(usual).count < count else { return usual }
    let exact = (3...9).lazy.map { decimals in
      values.map { Quantity.fixed($0, decimals: decimals) }
    }
    return exact.first { Set($0).count == count } ?? usual
  }

  func column(of x: Double, columns: Int) -> Int {
    min(columns - 1, Int((x - first) / (last - first) * Double(columns)))
  }

  /// From the top.
  func row(of y: Double, rows: Int) -> Int {
    min(rows - 1, Int(((highest - y) / (highest - lowest) * Double(rows - 1)).rounded()))
  }

  /// The mean of a curve in each column that has a point, from the left.
  func means(of series: LinePlot.Series, columns: Int) -> [(column: Int, mean: Double)] {
    var sums = [(sum: Double, count: Int)](repeating: (0, 0), count: columns)
    for point in series.points {
      let column = column(of: point.x, columns: columns)
      sums[column].sum += point.y
      sums[column].count += 1
    }
    return sums.enumerated().filter { $0.element.count > 0 }
      .map { ($0.offset, $0.element.sum / Double($0.element.count)) }
  }
}

/// Dots of two columns and four rows to a character.
private struct DotGrid {
  let columns: Int
  let rows: Int
  private let width: Int
  private var cells: [UInt8]
  private var marks: Set<Int> = []
  /// Braille's dots by row and column.
  private static let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

  init(width: Int, height: Int) {
    self.width = width
    (columns, rows) = (2 * width, 4 * height)
    cells = [UInt8](repeating: 0, count: width * height)
  }

  mutating func set(column: Int, row: Int) {
    cells[row / 4 * width + column / 2] |= Self.bits[row % 4][column % 2]
  }

  /// Puts a cross over the character.
  mutating func mark(column: Int, row: Int) { marks.insert(row / 4 * width + column / 2) }

  /// Without gaps: where it rises by several rows between two columns these are filled.
  mutating func line(from start: (column: Int, row: Int), to end: (column: Int, row: Int)) {
    let steps = max(abs(end.column - start.column), abs(end.row - start.row), 1)
    for step in 0...steps {
      let share = Double(step) / Double(steps)
      set(
        column: start.column + Int((share * Double(end.column - start.column)).rounded()),
        row: start.row + Int((share * Double(end.row - start.row)).rounded()))
    }
  }

  var lines: [String] {
    stride(from: 0, to: cells.count, by: width).map { start in
      String(
        (start..<start + width).map { index -> Character in
          if marks.contains(index) { return "×" }
          return cells[index] == 0
            ? " " : Character(Unicode.Scalar(0x2800 + UInt32(cells[index])) ?? " ")
        })
    }
  }
}
