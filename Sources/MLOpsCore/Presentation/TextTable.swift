/// An aligned table for a terminal.
///
/// Widths are those of the screen, so that Hangul and emoji line up. Control characters in a cell
/// are shown as pictures: what a model wrote can neither break a row nor command the terminal.
public struct TextTable: Sendable {
  public enum Alignment: Sendable { case left, right }

  /// How a cell looks where styles are on.
  public enum Style: String, Sendable {
    case plain = ""
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
  }

  public struct Column: Sendable {
    public var title: String
    public var alignment: Alignment
    /// In columns of the screen; longer cells end in `…`.
    public var maximumWidth: Int?

    public init(_ title: String, _ alignment: Alignment = .left, maximumWidth: Int? = nil) {
      self.title = title
      self.alignment = alignment
      self.maximumWidth = maximumWidth
    }
  }

  public struct Cell: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    public var text: String
    public var style: Style

    public init(_ text: String, style: Style = .plain) {
      self.text = text
      self.style = style
    }

    public init(stringLiteral value: String) { self.init(value) }
  }

  private let columns: [Column]
  private var rows: [[Cell]] = []

  public init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row; missing cells are empty, surplus ones are left out.
  public mutating func add(_ cells: [Cell]) {
    rows.append((0..<columns.count).map { $0 < cells.count ? cells[$0] : Cell("") })
  }

  /// Adds a row of plain cells.
  public mutating func add(_ texts: [String]) { add(texts.map { Cell($0) }) }

  public var isEmpty: Bool { rows.isEmpty }

  /// The lines of the table without a newline after the last; columns are two spaces apart.
  ///
  /// - Parameters:
  ///   - styled: whether to write ANSI styles; the titles are then dim.
  ///   - indent: spaces before each line.
  ///   - header: whether the titles are shown.
  public func rendered(styled: Bool = false, indent: Int = 0, header: Bool = true) -> String {
    let titles = columns.map { Cell($0.title, style: .dim) }
    let cells = ((header ? [titles] : []) + rows).map { row in
      zip(columns, row).map { column, cell in
        let text = TextTable.visible(cell.text)
        return Cell(
          column.maximumWidth.map { DisplayWidth.truncate(text, to: $0) } ?? text,
          style: cell.style)
      }
    }
    let widths = columns.indices.map { index in
      cells.map { DisplayWidth.of($0[index].text) }.max() ?? 0
    }
    return cells.map { line($0, widths, styled: styled, indent: indent) }.joined(separator: "\n")
  }

  private func line(_ row: [Cell], _ widths: [Int], styled: Bool, indent: Int) -> String {
    var line = spaces(indent)
    // Spaces are written only when something follows, so that no line ends in them.
    var pending = 0
    for (index, cell) in row.enumerated() {
      let fill = widths[index] - DisplayWidth.of(cell.text)
      if columns[index].alignment == .right { pending += fill }
      if !cell.text.isEmpty {
        line += spaces(pending) + (styled ? TextTable.styled(cell) : cell.text)
        pending = 0
      }
      if columns[index].alignment == .left { pending += fill }
      pending += 2
    }
    return line
  }

  private func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

  private static func styled(_ cell: Cell) -> String {
    cell.style == .plain ? cell.text : "\u{1B}[\(cell.style.rawValue)m\(cell.text)\u{1B}[0m"
  }

  /// The text with control characters as pictures: `␛`, `␊`.
  public static func visible(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0..<0x20: result.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
      case 0x7F: result.append("\u{2421}")
      case 0x80..<0xA0, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}
