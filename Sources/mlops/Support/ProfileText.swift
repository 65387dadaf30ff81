import Datasets
import Foundation
import JSON
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
        let values =
          field.numberCount > 0
          ? [
            number(field.numberQuantile(0.5)), number(field.numberQuantile(0.95)), greatest(field),
          ]
          : [0.5, 0.95, 1].map { number(field.lengths.quantile($0)) }
        return [
          field.pointer, Quantity.grouped(Int64(field.rows)),
          Quantity.grouped(Int64(statistics.missing(field))),
          field.types.keys.sorted().joined(separator: ", "), values[0], values[1], values[2],
          labels(field),
        ]
      })
  }

  /// Whole numbers with all their digits, others with two decimals; what a double holds no more to the
  /// digit as `≈1.84e+19`.
  private func number(_ value: Double?) -> String {
    guard let value else { return "–" }
    guard abs(value) < 9_007_199_254_740_992 else {
      return "≈" + String(format: "%.3g", value)
    }
    return value == value.rounded()
      ? Quantity.fixed(value, decimals: 0) : Quantity.fixed(value, decimals: 2)
  }

  /// The greatest number, exactly where a double rounds it.
  private func greatest(_ field: FieldStatistics) -> String {
    guard let greatest = field.greatestNumber else { return "–" }
    let isHeld = abs(greatest.double) < 9_007_199_254_740_992
    return isHeld ? number(greatest.double) : Excerpt.of(.number(greatest), width: 32)
  }

  private func labels(_ field: FieldStatistics) -> String {
    let top = field.topLabels(3)
    guard let labels = field.labels, !top.isEmpty else { return "–" }
    let shares = labels.values.sorted(by: >).prefix(12).map(Double.init)
    let names = top.map { "\($0.label) \($0.rows)" }.joined(separator: ", ")
    return "\(Sparkline.draw(shares, width: 12)) \(names)\(labels.count > 3 ? ", …" : "")"
  }
}
