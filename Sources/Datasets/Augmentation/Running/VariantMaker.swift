/// Makes the variants of some rows, together where a model can answer together.
struct VariantMaker: Sendable {
  private let step: any AugmentationStep
  private let context: StepContext

  init(_ step: any AugmentationStep, _ context: StepContext) {
    self.step = step
    self.context = context
  }

  /// In the order of the rows.
  func variants(of rows: [PlannedRow]) async throws -> [RowVariants] {
    guard context.model != nil else {
      var results: [RowVariants] = []
      for planned in rows {
        results.append(try await step.variants(of: planned.row, planned.indices, context))
      }
      return results
    }
    return try await withThrowingTaskGroup(of: (Int, RowVariants).self) { group in
      for (place, planned) in rows.enumerated() {
        group.addTask {
          (place, try await step.variants(of: planned.row, planned.indices, context))
        }
      }
      var results = [RowVariants](repeating: .made([]), count: rows.count)
      while let (place, variants) = try await group.next() { results[place] = variants }
      return results
    }
  }
}
