import JSON

/// One pass of a pipeline over all rows of a source.
struct CleaningPass {
  private(set) var report = CleaningReport()
  /// The first row that was dropped; nil where none was.
  private(set) var firstDropped: DroppedRow?
  /// Whether a step has changed the last row.
  private(set) var hasChanged = false
  private var runs: [any CleaningRun]

  /// - Parameter found: The duplicates to drop, by the place of the step in the pipeline.
  init(_ pipeline: CleaningPipeline, _ found: [Int: FoundDuplicates]) {
    runs = pipeline.steps.enumerated().map { index, step in
      guard let step = step as? NearDuplicatesStep, let duplicates = found[index] else {
        return step.begin()
      }
      return step.begin(dropping: duplicates.links)
    }
    report.steps = pipeline.steps.map { CleaningStepReport(name: type(of: $0).name) }
    for (index, step) in pipeline.steps.enumerated() {
      report.nearDuplicates[index] = found[index]?.report
      report.reported[index] = (step as? NearDuplicatesStep)?.reported
    }
  }

  /// The row as the steps leave it, or why it is dropped.
  mutating func clean(_ row: Row) -> Result<JSONValue, DroppedRow> {
    let result = cleaned(row)
    if case .failure(let dropped) = result, firstDropped == nil { firstDropped = dropped }
    return result
  }

  private mutating func cleaned(_ row: Row) -> Result<JSONValue, DroppedRow> {
    let place = RowPlace(index: report.rows, line: row.line)
    report.rows += 1
    hasChanged = false
    guard case .success(var value) = row.content else {
      report.defective += 1
      report.dropped += 1
      let reason = if case .failure(let defect) = row.content { defect.reason } else { "" }
      return .failure(
        DroppedRow(line: row.line, step: "read", reason: reason, pointer: .root))
    }
    for index in runs.indices {
      let effect = runs[index].apply(&value, at: place)
      report.steps[index].note(effect)
      if case .changed = effect { hasChanged = true }
      if case .dropped(let reason, let pointer) = effect {
        report.dropped += 1
        return .failure(
          DroppedRow(
            line: row.line, step: report.steps[index].name, reason: reason, pointer: pointer))
      }
    }
    report.written += 1
    return .success(value)
  }
}

/// The rows that a step for near duplicates drops.
struct FoundDuplicates {
  let report: NearDuplicateReport
  /// By the row's place in the source, from 0.
  let links: [Int: NearDuplicateLink]

  /// - Parameter rows: For each row of the report, its place in the source.
  init(_ report: NearDuplicateReport, rows: [Int]) {
    self.report = report
    links = Dictionary(uniqueKeysWithValues: report.links.map { (rows[$0], $1) })
  }
}
