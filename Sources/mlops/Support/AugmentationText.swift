import Datasets
import JSON
import Lifecycle
import MLOpsCore

/// What augmentation did, as a table of steps and some examples.
struct AugmentationText {
  private let report: AugmentationReport
  private let terminal: Terminal

  init(_ report: AugmentationReport, _ terminal: Terminal) {
    self.report = report
    self.terminal = terminal
  }

  var text: String {
    let table = terminal.table(
      ["STEP", "ROWS>", "MADE>", "SKIPPED>", "REJECTED>", "WHY"],
      report.steps.map { step in
        [
          step.label, Quantity.grouped(Int64(step.rows)), Quantity.grouped(Int64(step.made)),
          Quantity.grouped(Int64(step.skipped.values.reduce(0, +))),
          Quantity.grouped(Int64(step.rejected.values.reduce(0, +))),
          reasons(step.skipped.merging(step.rejected, uniquingKeysWith: +)),
        ]
      })
    return ([table] + report.examples.map(example)).joined(separator: "\n")
  }

  private func reasons(_ counts: [String: Int]) -> String {
    counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.key) \(Quantity.grouped(Int64($0.value)))" }.joined(separator: ", ")
  }

  private func example(_ example: AugmentationReport.Example) -> String {
    let original = example.variants.first.map { Excerpt.line(example.original, $0.pointer) } ?? ""
    let pairs = example.variants.map { [$0.step, Excerpt.line($0.row, $0.pointer)] }
    return "\(terminal.bold("line \(example.line)"))  \(original)\n\(terminal.pairs(pairs))"
  }
}

/// A row beside the one it was made from.
struct TraceText {
  private let trace: TraceRow.Trace
  private let terminal: Terminal

  init(_ trace: TraceRow.Trace, _ terminal: Terminal) {
    self.trace = trace
    self.terminal = terminal
  }

  var text: String {
    let place = terminal.bold("\(trace.dataset):\(trace.line)")
    guard let mark = trace.mark else {
      let count = Quantity.count(Int64(trace.variants.count), of: "synthetic row")
      let table = terminal.table(
        ["LINE>", "STEP", "DRAW>", "CHANGED"],
        trace.variants.map { variant in
          [
            "\(variant.line)", variant.mark.step, "\(variant.mark.index)",
            changes(from: trace.row, to: variant.row).map(\.0).joined(separator: " "),
          ]
        })
      return "\(place)  an original with \(count)" + (trace.variants.isEmpty ? "" : "\n\(table)")
    }
    var lines = ["\(place)  made by \(mark.step), draw \(mark.index)"]
    if let model = mark.model { lines.append("model \(model)") }
    guard let source = trace.source else {
      return
        (lines + [
          "the source sha256:\(mark.source.hex) is neither here nor in what this was made of"
        ]).joined(separator: "\n")
    }
    lines.append("from \(terminal.bold("\(source.dataset):\(source.line)"))")
    for (field, old, new) in changes(from: source.row, to: trace.row) {
      lines.append(field)
      lines.append(terminal.pairs([["original", old], ["synthetic", new]]))
    }
    return lines.joined(separator: "\n")
  }

  /// The top-level fields that differ, with what they were and are.
  private func changes(from old: JSONValue, to new: JSONValue) -> [(String, String, String)] {
    let names = Set((old.object ?? [:]).keys).union((new.object ?? [:]).keys).sorted()
    return names.compactMap { name in
      let pointer = JSONPointer([name])
      guard old[pointer] != new[pointer] else { return nil }
      return ("\(pointer)", Excerpt.line(old, pointer), Excerpt.line(new, pointer))
    }
  }
}
