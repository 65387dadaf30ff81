import MLOpsCore
import ModelRuntime

/// A release's model that is loaded when it is asked something for the first time.
actor DeferredModel: LanguageModel {
  private let files: ReleaseFiles
  private let configuration: RuntimeConfiguration
  private var loading: Task<LocalModel, any Error>?

  init(_ files: ReleaseFiles, _ configuration: RuntimeConfiguration) {
    self.files = files
    self.configuration = configuration
  }

  private func model() async throws -> LocalModel {
    if let loading { return try await loading.value }
    let (files, configuration) = (files, configuration)
    let task = Task { try await files.load(configuration) }
    loading = task
    return try await task.value
  }

  nonisolated func stream(_ request: GenerationRequest) -> AsyncThrowingStream<
    GenerationEvent, any Error
  > {
    AsyncThrowingStream { output in
      let task = Task {
        do {
          for try await event in try await self.model().stream(request) { output.yield(event) }
          output.finish()
        } catch {
          output.finish(throwing: error)
        }
      }
      output.onTermination = { _ in task.cancel() }
    }
  }

  nonisolated func score(context: String, continuations: [String]) async throws
    -> [ContinuationScore]
  {
    try await model().score(context: context, continuations: continuations)
  }

  nonisolated func answer(
    _ requests: [ModelRequest],
    deliver: @Sendable (Int, Result<(ModelAnswer, ModelTimings), any Error>) -> Void
  ) async throws {
    try await model().answer(requests, deliver: deliver)
  }

  /// Frees the model, where it was loaded.
  func shutdown() async {
    if let loaded = try? await loading?.value { await loaded.shutdown() }
  }
}
