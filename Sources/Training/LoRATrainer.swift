import ModelRuntime
public import SystemPackage

/// Fine-tunes a GGUF model: learns a low-rank adapter from examples, the model itself unchanged.
///
/// The adapter is trained on the very weights that serve, dequantised to F32. Equal base, examples,
/// configuration and thread count give an equal file, byte for byte.
public enum LoRATrainer {
  /// Trains an adapter and writes it.
  ///
  /// - Parameters:
  ///   - base: a GGUF model of an architecture in `supportedArchitectures`.
  ///   - examples: rows, numbered from 1 in messages and results.
  ///   - output: where the adapter goes; written only when training has ended well.
  ///   - progress: called after each step from the training thread.
  /// - Returns: what was reached, and which rows were left out.
  /// - Throws: `TrainingError`; `RuntimeError` for an unreadable base or one without a usable chat
  ///   template; `CancellationError` within one step of the task's cancellation.
  public static func train(
    base: FilePath, examples: [TrainingExample],
    configuration: TrainingConfiguration = TrainingConfiguration(), output: FilePath,
    progress: @escaping @Sendable (TrainingStep) -> Void = { _ in }
  ) async throws -> TrainingResult {
    try configuration.validate()
    return try await TrainingThread.run { isCancelled in
      let data = try TrainingData(base: base, examples: examples, configuration: configuration)
      return try TrainingRun(
        basePath: base, examples: data.examples, configuration: configuration, output: output,
        tooLongRows: data.tooLongRows, answerlessRows: data.answerlessRows
      ).run(isCancelled: isCancelled, progress: progress)
    }
  }

  /// GGUF's `general.architecture` of the models that can be trained.
  public static var supportedArchitectures: [String] { DecoderArchitecture.all.map(\.name) }
}
