import MLOpsCore

extension Terminal {
  /// An aligned table; a heading that ends with `>` is of a right-aligned column.
  func table(_ headings: [String], _ rows: [[String]]) -> String {
    var table = TextTable(
      headings.map { heading in
        heading.hasSuffix(">")
          ? TextTable.Column(String(heading.dropLast()), .right) : TextTable.Column(heading)
      })
    for row in rows { table.add(row) }
    return table.rendered(styled: isColoured)
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
