extension ReportLayout {
  /// A matrix of more labels is too wide for a terminal.
  static let labelsInText = 8

  /// A confusion as a table: the candidate's counts, each with its change against the baseline.
  struct ConfusionTable {
    let heading: String
    let titles: [String]
    /// An expected label, then counts: `12 (+3)`.
    let rows: [[String]]
    let labels: Int
  }

  var confusionTables: [ConfusionTable] {
    report.confusions.map { confusion in
      let labels = confusion.labels.labels
      return ConfusionTable(
        heading:
          "\(confusion.title): expected down, the candidate's answers across (change against the baseline)",
        titles: ["expected"] + labels + ["other"],
        rows: zip(labels, zip(confusion.baseline.rows, confusion.candidate.rows)).map {
          label, counts in
          [label] + zip(counts.0, counts.1).map(ReportLayout.cell)
        }, labels: labels.count)
    }
  }

  private static func cell(_ before: Int, _ after: Int) -> String {
    guard after != before else { return after == 0 ? "·" : "\(after)" }
    return "\(after) (\(after > before ? "+" : "−")\(abs(after - before)))"
  }
}
