import ModelRuntime
import SystemPackage

/// The rows that can be trained on, and those that cannot.
struct TrainingData {
  private(set) var examples: [TokenisedExample] = []
  private(set) var tooLongRows: [Int] = []
  private(set) var answerlessRows: [Int] = []

  /// - Throws: `TrainingError.nothingToTrain` if no row is left.
  init(base: FilePath, examples rows: [TrainingExample], configuration: TrainingConfiguration)
    throws
  {
    let model = try LlamaModel(base, vocabularyOnly: true)
    let tokeniser = ExampleTokeniser(tokenizer: model.tokenizer)
    let context = model.file.summary.contextLength ?? 1024
    let limit = min(configuration.maxLength ?? 1024, context)
    for (index, row) in rows.enumerated() {
      let pieces = try tokeniser.tokenise(row, row: index + 1)
      let learnable = pieces.filter { $0.targets > 0 }
      if pieces.contains(where: { $0.tokens.count > limit }) {
        tooLongRows.append(index + 1)
      } else if learnable.count < row.leastSamples {
        answerlessRows.append(index + 1)
      } else {
        examples += learnable
      }
    }
    guard !examples.isEmpty else {
      throw TrainingError.nothingToTrain(
        rows: rows.count, tooLong: tooLongRows.count, withoutAnswer: answerlessRows.count,
        maxLength: limit)
    }
  }
}
