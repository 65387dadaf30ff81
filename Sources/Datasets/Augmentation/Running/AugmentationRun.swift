import JSON
import MLOpsCore
import SystemPackage

/// One augmentation at work: passes over the rows, of which each step makes variants.
final class AugmentationRun {
  private let input: FilePath
  private let plan: AugmentationPlan
  private let options: AugmentationOptions
  private let output: AugmentedOutput
  private let progress: ProgressHandler?

  /// Rows whose variants are made together.
  private static let chunk = 32

  init(
    _ plan: AugmentationPlan, _ options: AugmentationOptions, input: FilePath,
    output: AugmentedOutput, progress: ProgressHandler?
  ) {
    self.plan = plan
    self.options = options
    self.input = input
    self.output = output
    self.progress = progress
  }

  /// The first pass: takes over the rows that are there and learns what they are like.
  ///
  /// - Throws: `DatasetsError.noRows`, `.malformedSetting` where no row has a field that is named,
  ///   `datasets.interrupted`.
  func takeOver() throws(DatasetsError) {
    let rows = try OriginalRows(input, mark: options.mark)
    while let row = try rows.next() {
      try output.keep(row)
      if output.report.rows % 4096 == 0 {
        try DatasetsError.checkInterruption(of: input.string)
      }
    }
    let report = output.report
    guard report.originals > 0 else {
      throw .noRows(
        path: input.string,
        lost: [
          LostRows(.synthetic, report.synthetic), LostRows(.defective, report.defective),
        ].compactMap { $0 },
        first: output.firstDefect.map {
          "\(input.string):\($0.line):\($0.column): \($0.reason)"
        })
    }
    try output.census.check()
  }

  /// Carries out one step: a pass over the originals.
  func run(_ place: Int, model: AugmentationModel?) async throws {
    let step = plan.steps[place]
    let context = StepContext(seed: options.seed, label: plan.labels[place], model: model)
    let field = step.common.balance?.field.pointer
    var quota = RowQuota(
      step, counts: field.flatMap { output.census.labels[$0] } ?? [:],
      taken: output.census.taken[place])
    var made = -1
    var round = 0
    repeat {
      made = output.report.steps[place].made
      try await pass(place, context, round, &quota)
      round += 1
    } while quota.beginRound() && output.report.steps[place].made > made
  }

  /// One pass of a step over the originals.
  private func pass(
    _ place: Int, _ context: StepContext, _ round: Int, _ quota: inout RowQuota
  ) async throws {
    let step = plan.steps[place]
    // What a row gave decides what the next one of its label has to give.
    let size = step.common.balance == nil ? AugmentationRun.chunk : 1
    let first = round * quota.perRow * (step.common.attempts ?? step.draws)
    let rows = try OriginalRows(input, mark: options.mark)
    var chunk: [PlannedRow] = []
    var read = 0
    while !quota.isFull, let row = try rows.next() {
      read += 1
      if read % 4096 == 0 { try Task.checkCancellation() }
      guard case .original(let original) = row,
        step.common.takes(original, options.seed, context.label)
      else { continue }
      // Rows are counted once, however often they are gone over.
      if round == 0 { output.report.steps[place].rows += 1 }
      guard original.value.object != nil, let wanted = quota.wanted(original.value) else {
        if round == 0 {
          let reason = original.value.object == nil ? "no object" : "no label"
          output.report.steps[place].skip(reason, line: original.line)
        }
        continue
      }
      if wanted > 0 { chunk.append(PlannedRow(row: original, wanted: wanted, first: first)) }
      if chunk.count == size {
        try await make(chunk, place, context, &quota)
        chunk = []
      }
      if read % 32 == 0 {
        progress?(
          ProgressUpdate(
            label: context.label, done: Int64(read), total: Int64(output.report.rows), unit: "rows")
        )
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
          if planned.isFirstDraw {
            output.report.steps[place].skip(reason, line: planned.row.line)
          }
          quota.note(short: planned.wanted, of: planned.row.value)
        case .made(let variants):
          var missing = planned
          missing.first += planned.wanted
          for variant in variants
          where try output.take(variant, planned.row, place, context, &quota) {
            missing.wanted -= 1
          }
          if missing.wanted > 0 { still.append(missing) }
        }
      }
      open = quota.isFull ? [] : still
    }
    for planned in open { quota.note(short: planned.wanted, of: planned.row.value) }
  }
}

/// A row and how many variants are still to be made of it.
struct PlannedRow: Sendable {
  let row: SourceRow
  var wanted: Int
  /// The index of the next variant, from 0.
  var first: Int

  /// Whether nothing was made of it yet.
  var isFirstDraw: Bool { first == 0 }

  var indices: Range<Int> { first..<first + wanted }
}
