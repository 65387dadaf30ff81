import Datasets
import MLOpsCore

/// The fields of a dataset as a table: how often, of which types, how long, which labels.
struct ProfileText {
  private let statistics: RowStatistics
  private let terminal: Terminal

  init(_ statistics: RowStatistics, _ terminal: Terminal) {
    self.statistics = statistics
    self.terminal = terminal
  }

  var text: String {
    terminal.bold("profile") + "  \(Quantity.count(Int64(statistics.rows), of: "row"))"
      + (statistics.synthetic > 0
        ? ", \(Quantity.grouped(Int64(statistics.synthetic))) of them synthetic" : "") + "\n"
      + table("FIELD", statistics.fields)
      + (statistics.conversation.isEmpty ? "" : "\n" + table("TURN", statistics.conversation))
  }

  private func table(_ title: String, _ fields: [FieldStatistics]) -> String {
    terminal.table(
      [title, "ROWS>", "MISSING>", "TYPES", "MEDIAN>", "P95>", "MAX>", "LABELS"],
      fields.map { field in
        let sample = field.numbers.count > 0 ? field.numbers : field.lengths
        return [
          field.pointer, Quantity.grouped(Int64(field.rows)),
          Quantity.grouped(Int64(statistics.missing(field))),
          field.types.keys.sorted().joined(separator: ", "), number(sample.quantile(0.5)),
          number(sample.quantile(0.95)), number(sample.count > 0 ? sample.greatest : nil),
          labels(field),
        ]
      })
  }

  private func number(_ value: Double?) -> String {
    guard let value else { return "–" }
    return value == value.rounded()
      ? Quantity.fixed(value, decimals: 0) : Quantity.fixed(value, decimals: 2)
  }

  private func labels(_ field: FieldStatistics) -> String {
    let top = field.topLabels(3)
    guard let labels = field.labels, !top.isEmpty else { return "–" }
    let shares = labels.values.sorted(by: >).prefix(12).map(Double.init)
    let names = top.map { "\($0.label) \($0.rows)" }.joined(separator: ", ")
    return "\(Sparkline.draw(shares, width: 12)) \(names)\(labels.count > 3 ? ", …" : "")"
  }
}
