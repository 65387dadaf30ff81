import MLOpsCore

extension Terminal {
  /// An aligned table; a heading that ends with `>` is of a right-aligned column.
  func table(_ headings: [String], _ rows: [[String]]) -> String {
    TextTable(
      columns: headings.map { heading in
        heading.hasSuffix(">")
          ? TextTable.Column(String(heading.dropLast()), alignment: .right)
          : TextTable.Column(heading)
      }, rows: rows
    ).rendered()
  }

  /// Names and values, one pair a line.
  func pairs(_ rows: [[String]]) -> String {
    let width = rows.map { DisplayWidth.of($0[0]) }.max() ?? 0
    return rows.map { row in
      let padding = String(repeating: " ", count: width - DisplayWidth.of(row[0]))
      return "  \(dim(row[0]))\(padding)  \(row[1])"
    }.joined(separator: "\n")
  }
}
