import MLOpsCore

extension ValidationReport {
  /// How many groups are shown to people; the JSON has all that were told apart.
  private static let shownGroups = 20

  /// The report for people: the violations, their groups, one line of counts.
  public var text: String {
    var lines = violations.map(\.text)
    if hiddenViolations > 0, !violations.isEmpty {
      lines.append("… and \(counted(hiddenViolations, of: "more violation"))")
    }
    if groups.count > 1 || hiddenViolations > 0 {
      if !lines.isEmpty { lines.append("") }
      lines += groupLines
      lines.append("")
    }
    lines += hints.map { "hint: \($0)" }
    lines.append("\(file): \(summary)")
    return lines.joined(separator: "\n")
  }

  /// `2 of 5 rows invalid, 4 violations in 3 groups`.
  var summary: String {
    if failure != nil { return "not checked, since it could not be read" }
    let rows = Quantity.count(Int64(rows), of: "row")
    guard violationCount > 0 else { return self.rows == 0 ? "no rows" : "\(rows), all valid" }
    let many = otherViolations > 0 ? "more than " : ""
    let what =
      invalid > 0
      ? "\(Quantity.grouped(Int64(invalid))) of \(rows) invalid"
      : "no rows, and a header that does not fit"
    return "\(what), "
      + "\(counted(violationCount, of: "violation")) in \(many)"
      + Quantity.count(Int64(groups.count), of: "group")
  }

  /// A line for each group: how often, what, in how many rows, and where first.
  var groupLines: [String] {
    let shown = groups.prefix(ValidationReport.shownGroups)
    let width = shown.map { Quantity.grouped(Int64($0.violations)).count }.max() ?? 1
    var lines = shown.map { group in
      let count = Quantity.grouped(Int64(group.violations))
      let pad = String(repeating: " ", count: width - count.count)
      return "  \(pad)\(count) × \(group.name) \(group.extent(in: file))"
    }
    if let more { lines.append("  … and \(more)") }
    return lines
  }

  /// Violations in groups without a line of their own.
  private var more: String? {
    let hidden = groups.dropFirst(ValidationReport.shownGroups)
    let count = hidden.reduce(otherViolations) { $0 + $1.violations }
    guard count > 0 else { return nil }
    // Beyond what is told apart, how many groups there are is not known.
    let others =
      otherViolations > 0 ? "other groups" : Quantity.count(Int64(hidden.count), of: "other group")
    return "\(Quantity.count(Int64(count), of: "more violation")) in \(others)"
  }

  private func counted(_ count: Int, of thing: String) -> String {
    (cutRows > 0 ? "at least " : "") + Quantity.count(Int64(count), of: thing)
  }
}
