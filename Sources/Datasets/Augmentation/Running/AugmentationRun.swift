import JSON
import JSONSchema
import MLOpsCore
import SystemPackage

/// One augmentation at work: what is in the output so far, and what is known of it.
final class AugmentationRun {
  private(set) var report = AugmentationReport()
  private let input: FilePath
  private let plan: AugmentationPlan
  private let options: AugmentationOptions
  private let progress: ProgressHandler?
  private var census: SourceCensus
  private var distinct: DistinctRows
  private var output: AtomicFile
  private var dropped: AtomicFile

  /// Rows whose variants are made together.
  private static let chunk = 32

  init(
    _ plan: AugmentationPlan, _ options: AugmentationOptions, input: FilePath, output: FilePath,
    dropped: FilePath, progress: ProgressHandler?
  ) throws(DatasetsError) {
    self.plan = plan
    self.options = options
    self.input = input
    self.progress = progress
    census = SourceCensus(plan, seed: options.seed)
    distinct = DistinctRows(plan)
    self.output = try AtomicFile(output)
    self.dropped = try AtomicFile(dropped)
    report.steps = plan.labels.map { AugmentationReport.Step(label: $0) }
  }

  /// The first pass: takes over the rows that are there and learns what they are like.
  func takeOver() throws(DatasetsError) {
    let rows = try OriginalRows(input, mark: options.mark)
    while let row = try rows.next() {
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
        try dropped.write(
          line: DroppedRow(line: defect.line, step: "read", reason: defect.reason, pointer: .root)
            .json.canonicalBytes)
      }
    }
    guard report.originals > 0 else { throw .noRows(path: input.string) }
    try census.check()
  }

  private func keep(_ row: JSONValue) throws(DatasetsError) {
    try census.note(row)
    distinct.note(row)
    if !options.onlySynthetic { try output.write(line: row.canonicalBytes) }
  }

  /// Carries out one step: a pass over the originals.
  func run(_ place: Int, model: AugmentationModel?) async throws {
    let step = plan.steps[place]
    let context = StepContext(seed: options.seed, label: plan.labels[place], model: model)
    let field = step.common.balance?.field.pointer
    var quota = RowQuota(
      step, counts: field.flatMap { census.labels[$0] } ?? [:], taken: census.taken[place])
    let rows = try OriginalRows(input, mark: options.mark)
    var chunk: [PlannedRow] = []
    var read = 0
    while !quota.isFull, let row = try rows.next() {
      read += 1
      guard case .original(let original) = row,
        step.common.takes(original, options.seed, context.label)
      else { continue }
      report.steps[place].rows += 1
      guard original.value.object != nil else {
        report.steps[place].skipped["no object", default: 0] += 1
        continue
      }
      guard let wanted = quota.wanted(original.value) else {
        report.steps[place].skipped["no label", default: 0] += 1
        continue
      }
      if wanted > 0 { chunk.append(PlannedRow(row: original, wanted: wanted)) }
      if chunk.count == AugmentationRun.chunk {
        try await make(chunk, place, context, &quota)
        chunk = []
        progress?(
          ProgressUpdate(
            label: context.label, done: Int64(read), total: Int64(report.rows), unit: "rows"))
      }
    }
    try await make(chunk, place, context, &quota)
  }

  /// Makes the variants of some rows; rejected ones are drawn anew as often as the step says.
  private func make(
    _ chunk: [PlannedRow], _ place: Int, _ context: StepContext, _ quota: inout RowQuota
  ) async throws {
    let step = plan.steps[place]
    var open = chunk
    for _ in 0..<(step.common.attempts ?? step.draws) where !open.isEmpty {
      try Task.checkCancellation()
      let results = try await VariantMaker(step, context).variants(of: open)
      var still: [PlannedRow] = []
      for (planned, result) in zip(open, results) {
        switch result {
        case .unsuited(let reason):
          report.steps[place].skipped[reason, default: 0] += 1
          quota.note(short: planned.wanted, of: planned.row.value)
        case .made(let variants):
          var missing = planned
          missing.first += planned.wanted
          for variant in variants where try take(variant, planned.row, place, context, &quota) {
            missing.wanted -= 1
          }
          if missing.wanted > 0 { still.append(missing) }
        }
      }
      open = quota.isFull ? [] : still
    }
    for planned in open { quota.note(short: planned.wanted, of: planned.row.value) }
  }

  /// Whether a variant came into the output.
  private func take(
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
    report.steps[place].rejected[rejection.reason, default: 0] += 1
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
        steps: report.steps.map { step in
          let reasons = step.skipped.merging(step.rejected, uniquingKeysWith: +)
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
          let text = reasons.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
          return "\(step.label): \(text.isEmpty ? "no row was taken" : text)"
        })
    }
    try dropped.commit()
    try output.commit()
  }
}

/// A row and how many variants are still to be made of it.
struct PlannedRow: Sendable {
  let row: SourceRow
  var wanted: Int
  /// The index of the next variant, from 0.
  var first = 0

  var indices: Range<Int> { first..<first + wanted }
}
