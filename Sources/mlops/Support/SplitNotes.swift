import Datasets
import JSON
import MLOpsCore

/// What to know of a split beside its numbers: rows that may not be where they belong.
enum SplitNotes {
  static func of(_ report: SplitReport, _ plan: SplitPlan) -> [String] {
    var notes: [String] = []
    if report.orphans > 0 {
      let rows = Quantity.count(Int64(report.orphans), of: "synthetic row")
      notes.append(
        "\(rows) without the row it was made from: "
          + (plan.group.isEmpty
            ? "split the originals together with them, or name a group with --by"
            : "these go by their own fields; split the originals together with them"))
    }
    for (pointer, count) in report.withoutGroup.sorted(by: {
      $0.key.description < $1.key.description
    }) {
      notes.append(
        "\(Quantity.count(Int64(count), of: "row")) without '\(pointer)'"
          + (plan.group.count == 1 ? ": each is a group of its own" : ""))
    }
    if let stratum = plan.stratum, report.withoutStratum > 0 {
      let rows = Quantity.count(Int64(report.withoutStratum), of: "row")
      notes.append("\(rows) without '\(stratum)': spread as a value of its own")
    }
    return notes
  }
}
