public import JSONSchema
public import MLOpsCore
public import SystemPackage

/// What an augmentation depends on beside the rows and the steps.
public struct AugmentationOptions: Sendable {
  /// The same rows, steps and seed give the same bytes.
  public var seed: UInt64
  /// The member of a row that holds its mark.
  public var mark: String
  /// Whether the originals are left out.
  public var onlySynthetic: Bool
  /// What synthetic rows must match, their marks taken off; nil for anything.
  public var schema: CompiledSchema?

  public init(
    seed: UInt64 = 0, mark: String = RowMark.defaultName, onlySynthetic: Bool = false,
    schema: CompiledSchema? = nil
  ) {
    self.seed = seed
    self.mark = mark
    self.onlySynthetic = onlySynthetic
    self.schema = schema
  }
}

/// Makes synthetic rows of a file's rows, each with a mark that says from which row and how.
public struct Augmenter: Sendable {
  private let plan: AugmentationPlan
  private let options: AugmentationOptions

  public init(_ plan: AugmentationPlan, options: AugmentationOptions = AugmentationOptions()) {
    self.plan = plan
    self.options = options
  }

  /// Writes the originals and then what each step makes, in order; neither output appears unless
  /// both are whole.
  ///
  /// The input is read once, and once more for each step, so that steps can know how labels are
  /// distributed. What is made of a row depends on that row alone, except that of two equal rows the
  /// first stays, and that balancing looks at all; memory holds 16 bytes a row for knowing duplicates. Rows that have a mark already
  /// are kept, and nothing is made of them.
  ///
  /// - Parameters:
  ///   - output: Where the rows go, in canonical form.
  ///   - dropped: Where `{"line","step","index","from","reason","pointer","row"}` of rejected
  ///     variants go, one a line; may be empty.
  ///   - model: Lends the model of a reference for as long as the step runs.
  /// - Throws: `DatasetsError`: `datasets.malformed_setting` where no row has a field that a step
  ///   names, `datasets.nothing_made`, `datasets.no_rows`, `datasets.file_failed`; what `model` and
  ///   the models throw; `CancellationError`.
  public func augment(
    _ input: FilePath, output: FilePath, dropped: FilePath,
    progress: ProgressHandler? = nil,
    model: (String, (AugmentationModel) async throws -> Void) async throws -> Void = { _, _ in }
  ) async throws -> AugmentationReport {
    try Files.checkRereadable(input, for: "augmentation")
    let result = try AugmentedOutput(plan, options, output: output, dropped: dropped)
    let run = AugmentationRun(plan, options, input: input, output: result, progress: progress)
    try run.takeOver()
    for (place, step) in plan.steps.enumerated() {
      if let reference = step.model {
        try await model(reference) { try await run.run(place, model: $0) }
      } else {
        try await run.run(place, model: nil)
      }
    }
    try result.commit()
    return result.report
  }
}
