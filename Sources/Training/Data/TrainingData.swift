import MLOpsCore
import ModelRuntime
import SystemPackage

/// The rows that can be trained on, those that are held out, and those that cannot be used.
struct TrainingData {
  /// What is trained on.
  private(set) var examples: [TokenisedExample]
  /// What is validated on.
  private(set) var validation: [TokenisedExample] = []
  /// What became of the rows to train on.
  private(set) var intake: RowIntake
  /// Rows to validate on that could not be used.
  private(set) var unusableValidationRows = 0
  /// Every setting that depends on the amount of data chosen.
  let configuration: TrainingConfiguration

  /// - Parameters:
  ///   - heldOut: rows to validate on; where none are given, a share of `rows` is held out.
  ///   - isCancelled: asked between rows.
  /// - Throws: `TrainingError.nothingToTrain` if no row is left, `.rowsTooLong` where these are
  ///   refused, `CancellationError`.
  init(
    base: FilePath, examples rows: [TrainingExample], validation heldOut: [TrainingExample] = [],
    configuration: TrainingConfiguration, isCancelled: () -> Bool = { false }
  ) throws {
    let model = try LlamaModel(base, vocabularyOnly: true)
    let context = model.file.summary.contextLength ?? 1024
    if let wanted = configuration.maxLength, wanted > context {
      throw TrainingError.invalidConfiguration(
        setting: "context", expected: "at most \(context), the context of the base",
        found: "\(wanted)")
    }
    if configuration.method.name == .kto, !heldOut.isEmpty {
      throw TrainingError.invalidConfiguration(
        setting: "validation", expected: TrainingMethod.withoutValidation, found: "a dataset")
    }
    let limit = configuration.maxLength ?? min(TrainingConfiguration.longestByDefault, context)
    var settings = configuration
    settings.maxLength = limit
    let reader = RowTokeniser(
      tokeniser: ExampleTokeniser(tokenizer: model.tokenizer),
      beginOfText: model.tokenizer.beginOfText, limit: limit, longRows: configuration.longRows)
    intake = try reader.read(rows, isCancelled: isCancelled)
    examples = intake.examples
    guard !examples.isEmpty else {
      throw TrainingError.nothingToTrain(
        rows: rows.count, tooLong: intake.tooLongRows.count,
        withoutAnswer: intake.answerlessRows.count, maxLength: limit)
    }
    let usable = Set(examples.map(\.row))
    self.configuration = settings.chosen(
      for: TrainingConfiguration.DataSize(
        rows: usable.count, tokens: examples.reduce(0) { $0 + $1.length },
        hasValidation: !heldOut.isEmpty))
    if !heldOut.isEmpty {
      let given = try reader.read(heldOut, isCancelled: isCancelled)
      guard !given.examples.isEmpty else { throw TrainingError.nothingToValidate(heldOut.count) }
      validation = given.examples
      unusableValidationRows = given.tooLongRows.count + given.answerlessRows.count
    } else if let share = self.configuration.validationShare, share > 0 {
      try holdOut(share, of: usable.sorted())
    }
  }

  /// - Throws: `TrainingError.invalidConfiguration` where no rows are held out and a setting is given that
  ///   only validations give a meaning to: it would be ignored in silence.
  func refuseSettingsWithoutValidation() throws(TrainingError) {
    guard validation.isEmpty else { return }
    let given = [("early_stop", configuration.earlyStop), ("eval_every", configuration.evalEvery)]
    for (setting, value) in given {
      guard let value else { continue }
      throw .invalidConfiguration(
        setting: setting,
        expected:
          "left out where no rows are held out to validate on (--validation holds some out)",
        found: "\(value)")
    }
  }

  /// How many rows that are validated on read to the model like one that is trained on.
  var repeatedValidationRows: Int {
    guard !validation.isEmpty else { return 0 }
    let learned = Set(examples.map(\.content))
    return Set(validation.filter { learned.contains($0.content) }.map(\.row)).count
  }

  /// Takes whole rows out, so that no part of one is on both sides.
  private mutating func holdOut(_ share: Double, of rows: [Int]) throws {
    guard rows.count > 1 else { throw TrainingError.nothingToValidate(rows.count) }
    let count = min(max(Int((share * Double(rows.count)).rounded()), 1), rows.count - 1)
    var generator = SplitMix64(seed: configuration.seed ^ 0x6865_6C64)  // "held"
    let chosen = Set(generator.permutation(rows.count).prefix(count).map { rows[$0] })
    validation = examples.filter { chosen.contains($0.row) }
    examples.removeAll { chosen.contains($0.row) }
  }
}
