import ModelRuntime
public import SystemPackage

/// Trains a GGUF model on examples: a low-rank adapter, the model itself unchanged, or, where the
/// configuration's scope says so, all weights of a model of its own.
///
/// An adapter is trained on the very weights that serve. Equal base, examples, configuration and
/// thread count give an equal file, byte for byte, however often the run was stopped and resumed.
public enum Trainer {
  /// Trains an adapter, or all weights, and writes the result.
  ///
  /// - Parameters:
  ///   - base: a GGUF model of an architecture in `supportedArchitectures`.
  ///   - examples: rows, numbered from 1 in messages and results.
  ///   - validation: rows that are only validated on; where there are none, a share of `examples`
  ///     may be held out.
  ///   - output: where the result goes; written only when training has ended well.
  ///   - session: where checkpoints go, and which one to go on from.
  ///   - progress: called from the training thread.
  /// - Returns: what was reached, and which rows were left out.
  /// - Throws: `TrainingError`; `RuntimeError` for an unreadable base or one without a usable chat
  ///   template; within one batch of the task's cancellation `TrainingError.interrupted` where
  ///   there are checkpoints, else `CancellationError`.
  public static func train(
    base: FilePath, examples: [TrainingExample], validation: [TrainingExample] = [],
    configuration: TrainingConfiguration = TrainingConfiguration(), output: FilePath,
    session: TrainingSession = TrainingSession(),
    progress: @escaping @Sendable (TrainingEvent) -> Void = { _ in }
  ) async throws -> TrainingResult {
    try configuration.validate()
    return try await TrainingThread.run { isCancelled in
      var settings = configuration
      settings.threads =
        try configuration.threads ?? ThreadCount.suited(toBytes: GGUFFile(base).size)
      let data = try TrainingData(
        base: base, examples: examples, validation: validation, configuration: settings,
        isCancelled: isCancelled)
      try data.refuseSettingsWithoutValidation()
      return try TrainingRun(basePath: base, data: data, output: output, session: session)
        .run(isCancelled: isCancelled, progress: progress)
    }
  }

  /// GGUF's `general.architecture` of the models that can be trained.
  public static var supportedArchitectures: [String] { DecoderArchitecture.all.map(\.name) }
}
