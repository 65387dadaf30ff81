import JSON
import JSONSchema
import MLOpsCore
import SystemPackage

/// What an augmentation has written so far, what was not taken, and what is known of it all.
final class AugmentedOutput {
  var report = AugmentationReport()
  /// What is wrong with the first row that is no JSON; nil where there is none.
  private(set) var firstDefect: RowDefect?
  private(set) var census: SourceCensus
  private let plan: AugmentationPlan
  private let options: AugmentationOptions
  private var distinct: DistinctRows
  private var output: AtomicFile
  private var dropped: AtomicFile

  init(
    _ plan: AugmentationPlan, _ options: AugmentationOptions, output: FilePath, dropped: FilePath
  ) throws(DatasetsError) {
    self.plan = plan
    self.options = options
    census = SourceCensus(plan, seed: options.seed)
    distinct = DistinctRows(plan)
    self.output = try AtomicFile(output)
    self.dropped = try AtomicFile(dropped)
    report.steps = plan.labels.map { AugmentationReport.Step(label: $0) }
  }

  /// Takes over a row that is there.
  func keep(_ row: OriginalRows.Row) throws(DatasetsError) {
    report.rows += 1
    switch row {
    case .original(let original):
      report.originals += 1
      census.note(original: original)
      try keep(original.value)
    case .synthetic(let value):
      report.synthetic += 1
      try keep(value)
    case .defective(let defect):
      report.defective += 1
      firstDefect = firstDefect ?? defect
      try dropped.write(
        line: DroppedRow(line: defect.line, step: "read", reason: defect.reason, pointer: .root)
          .json.canonicalBytes)
    }
  }

  private func keep(_ row: JSONValue) throws(DatasetsError) {
    try census.note(row)
    distinct.note(row)
    if !options.onlySynthetic { try output.write(line: row.canonicalBytes) }
  }

  /// Whether a variant came into the output.
  func take(
    _ variant: Variant, _ row: SourceRow, _ place: Int, _ context: StepContext,
    _ quota: inout RowQuota
  ) throws -> Bool {
    guard !quota.isFull else { return false }
    let mark = RowMark(
      source: row.digest, step: context.label, index: variant.index + 1,
      model: context.model?.digest)
    let value: JSONValue
    do throws(Rejection) {
      value = try accepted(variant, mark, place)
    } catch {
      try reject(error, row, mark, place)
      return false
    }
    try output.write(line: value.marked(mark, as: options.mark).canonicalBytes)
    try census.note(value)
    distinct.note(value)
    quota.noteMade()
    report.steps[place].made += 1
    report.show(
      row,
      AugmentationReport.Example.Variant(
        step: context.label, pointer: plan.steps[place].writes.first ?? .root, row: value))
    return true
  }

  private func accepted(_ variant: Variant, _ mark: RowMark, _ place: Int) throws(Rejection)
    -> JSONValue
  {
    let number = report.steps[place].made + 1
    let value = try plan.steps[place].common.assignments.apply(to: try variant.outcome.get()) {
      switch $0 {
      case .index: "\(mark.index)"
      case .number: "\(number)"
      case .step: mark.step
      case .source: String(mark.source.hex.prefix(8))
      }
    }
    guard value[options.mark] == nil else {
      throw Rejection(reason: "the mark's field is taken", pointer: JSONPointer([options.mark]))
    }
    guard !distinct.contains(value, step: place) else {
      throw Rejection(reason: "duplicate", row: value)
    }
    if let violation = options.schema?.validate(value).first {
      throw Rejection(
        reason: "against the schema",
        detail: "expected \(violation.expected), found \(violation.found)",
        pointer: violation.instance, row: value)
    }
    return value
  }

  private func reject(_ rejection: Rejection, _ row: SourceRow, _ mark: RowMark, _ place: Int)
    throws(DatasetsError)
  {
    report.steps[place].reject(rejection.reason, line: row.line)
    let reason = rejection.detail.map { "\(rejection.reason): \($0)" } ?? rejection.reason
    var entry =
      DroppedRow(line: row.line, step: mark.step, reason: reason, pointer: rejection.pointer).json
      .object ?? [:]
    entry["from"] = .string(mark.source.hex)
    entry["index"] = .integer(mark.index)
    if let value = rejection.row { entry["row"] = value }
    try dropped.write(line: JSONValue.object(entry).canonicalBytes)
  }

  /// Gives both files their names.
  ///
  /// - Throws: `DatasetsError.nothingMade` where no step made a row.
  func commit() throws(DatasetsError) {
    guard report.made > 0 else {
      throw .nothingMade(
        rows: report.originals,
        steps: report.steps.map { step in
          let reasons = step.skipped.merging(step.rejected, uniquingKeysWith: +)
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
          let text = reasons.map { reason, count in
            let first = step.firstLines[reason].map { ", first in line \($0)" } ?? ""
            return "\(reason) (\(count)\(first))"
          }.joined(separator: ", ")
          return "\(step.label): \(text.isEmpty ? "no row was taken" : text)"
        })
    }
    try dropped.commit()
    try output.commit()
  }
}
