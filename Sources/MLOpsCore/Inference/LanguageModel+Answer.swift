extension LanguageModel {
  /// `answerSingly`.
  public func answer(
    _ requests: [ModelRequest],
    deliver: @Sendable (Int, Result<(ModelAnswer, ModelTimings), any Error>) -> Void
  ) async throws {
    try await answerSingly(requests, deliver: deliver)
  }

  /// Answers through `stream` and `score`, some requests at a time, for models that have no way of
  /// their own to answer many at once. It cannot score after a conversation, nor a whole text.
  ///
  /// - Throws: `CancellationError`.
  public func answerSingly(
    _ requests: [ModelRequest],
    deliver: @Sendable (Int, Result<(ModelAnswer, ModelTimings), any Error>) -> Void
  ) async throws {
    typealias Outcome = (index: Int, result: Result<(ModelAnswer, ModelTimings), any Error>)
    let width = 16
    try await withThrowingTaskGroup(of: Outcome.self) { group in
      for (index, request) in requests.enumerated() {
        if index >= width, let outcome = try await group.next() {
          deliver(outcome.index, outcome.result)
        }
        group.addTask {
          do {
            return (index, .success(try await singleAnswer(request)))
          } catch {
            try Task.checkCancellation()
            return (index, .failure(error))
          }
        }
      }
      while let outcome = try await group.next() { deliver(outcome.index, outcome.result) }
    }
    try Task.checkCancellation()
  }

  private func singleAnswer(_ request: ModelRequest) async throws -> (ModelAnswer, ModelTimings) {
    try Task.checkCancellation()
    let clock = AnswerClock()
    switch request {
    case .generate(let request):
      let generation = try await generation(request, clock)
      return (.generated(generation), clock.timings(generation.usage.promptTokens))
    case .score(let request):
      guard case .text(let context) = request.input else {
        throw InferenceError.unsupported(what: "score answers to a conversation")
      }
      let scores = try await score(context: context, continuations: request.continuations)
      clock.tick()
      return (.scores(scores), clock.timings(scores.reduce(0) { $0 + $1.tokens }))
    case .rolling:
      throw InferenceError.unsupported(what: "score a whole text")
    }
  }

  private func generation(_ request: GenerationRequest, _ clock: AnswerClock) async throws
    -> Generation
  {
    var text = ""
    for try await event in stream(request) {
      clock.tick()
      switch event {
      case .text(let piece): text += piece
      case .finished(let reason, let usage):
        return Generation(text: text, reason: reason, usage: usage)
      }
    }
    throw CancellationError()
  }
}

/// Notes when pieces of an answer come.
private final class AnswerClock {
  private let start = ContinuousClock.now
  private var ticks: [Double] = []

  func tick() { ticks.append((ContinuousClock.now - start) / .seconds(1)) }

  func timings(_ promptTokens: Int) -> ModelTimings {
    // The last event of a generation is its end and no token, where there was any.
    let pieces = ticks.count > 1 ? ticks.dropLast() : ticks[...]
    return ModelTimings(
      firstToken: ticks.first ?? 0, tokenSeconds: zip(pieces, pieces.dropFirst()).map { $1 - $0 },
      total: ticks.last ?? 0, promptTokens: promptTokens)
  }
}
