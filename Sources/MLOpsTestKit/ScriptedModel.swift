public import MLOpsCore
import Synchronization

/// A model that says what a script tells it, piece by piece, so that tests of everything around a
/// model are fast and exact.
///
/// It counts what it is asked, notices whether its consumer went away, and treats use after
/// `shutdown` as the defect that it is.
public final class ScriptedModel: LanguageModel {
  public struct Counts: Sendable, Hashable {
    public var started = 0
    public var finished = 0
    /// Generations whose consumer went away.
    public var cancelled = 0
    /// Pieces that were produced.
    public var pieces = 0
    /// Generations that ran into, or began after, `shutdown`.
    public var violations = 0
    public var shutdowns = 0
    public var running: Int { started - finished - cancelled }
  }

  /// Used after its shutdown.
  public struct UsedAfterShutdown: Error {}

  private struct State {
    var counts = Counts()
    var requests: [GenerationRequest] = []
  }

  /// What a continuation of an input is scored: as a text that follows another, or of itself where
  /// the input is nil (rolling).
  public typealias Scoring =
    @Sendable (_ input: GenerationRequest.Input?, _ continuation: String) throws ->
    ContinuationScore

  private let script: @Sendable (GenerationRequest) throws -> [String]
  private let scoring: Scoring
  private let delay: Duration
  private let state = Mutex(State())

  /// - Parameters:
  ///   - delay: before each piece.
  ///   - scoring: how likely a text is; without it −1 for each of its bytes.
  ///   - script: the pieces of the answer to a request; each counts as a token.
  public init(
    delay: Duration = .zero, scoring: @escaping Scoring = ScriptedModel.byLength,
    script: @escaping @Sendable (GenerationRequest) throws -> [String]
  ) {
    self.delay = delay
    self.scoring = scoring
    self.script = script
  }

  /// −1 for each byte, and a token for each character.
  public static let byLength: Scoring = { _, text in
    ContinuationScore(
      logLikelihood: -Double(text.utf8.count), tokens: text.count, isGreedy: false)
  }

  /// Says the same pieces to everything.
  public convenience init(_ pieces: [String], delay: Duration = .zero) {
    self.init(delay: delay) { _ in pieces }
  }

  public var counts: Counts { state.withLock { $0.counts } }

  /// Everything it was asked, in order.
  public var requests: [GenerationRequest] { state.withLock { $0.requests } }

  public func stream(_ request: GenerationRequest) -> AsyncThrowingStream<
    GenerationEvent, any Error
  > {
    let (stream, continuation) = AsyncThrowingStream<GenerationEvent, any Error>.makeStream()
    let loop = Task { await run(request, continuation) }
    continuation.onTermination = { if case .cancelled = $0 { loop.cancel() } }
    return stream
  }

  public func score(context: String, continuations: [String]) async throws -> [ContinuationScore] {
    try continuations.map { try scoring(.text(context), $0) }
  }

  /// Scores by the script, in the order of the list; then generates what is to be generated.
  public func answer(
    _ requests: [ModelRequest],
    deliver: @Sendable (Int, Result<(ModelAnswer, ModelTimings), any Error>) -> Void
  ) async throws {
    var generations: [Int] = []
    for (index, request) in requests.enumerated() {
      try Task.checkCancellation()
      switch request {
      case .generate: generations.append(index)
      case .score(let request):
        deliver(
          index,
          timed {
            .scores(try request.continuations.map { try scoring(request.input, $0) })
          })
      case .rolling(let text): deliver(index, timed { .rolling(try scoring(nil, text)) })
      }
    }
    let places = generations
    try await answerSingly(places.map { requests[$0] }) { deliver(places[$0], $1) }
  }

  private func timed(_ answer: () throws -> ModelAnswer) -> Result<
    (ModelAnswer, ModelTimings), any Error
  > {
    Result { (try answer(), ModelTimings(firstToken: 0, total: 0, promptTokens: 0)) }
  }

  /// Counts, and calls running generations a violation.
  public func shutdown() async {
    state.withLock {
      $0.counts.shutdowns += 1
      $0.counts.violations += $0.counts.running
    }
  }

  private func run(
    _ request: GenerationRequest,
    _ continuation: AsyncThrowingStream<GenerationEvent, any Error>.Continuation
  ) async {
    do {
      try begin(request)
      let answer = Excerpt(of: try script(request), for: request)
      for piece in answer.pieces {
        if delay > .zero { try await Task.sleep(for: delay) } else { await Task.yield() }
        try Task.checkCancellation()
        state.withLock { $0.counts.pieces += 1 }
        continuation.yield(.text(piece))
      }
      let usage = TokenUsage(
        promptTokens: request.inputCharacters, completionTokens: answer.pieces.count)
      // Counted before the last event, after which the model may be shut down at once.
      state.withLock { $0.counts.finished += 1 }
      continuation.yield(.finished(answer.reason, usage))
      continuation.finish()
    } catch is CancellationError {
      state.withLock { $0.counts.cancelled += 1 }
      continuation.finish()
    } catch {
      state.withLock { $0.counts.finished += 1 }
      continuation.finish(throwing: error)
    }
  }

  private func begin(_ request: GenerationRequest) throws {
    let isDown = state.withLock { state in
      state.counts.started += 1
      state.requests.append(request)
      if state.counts.shutdowns > 0 { state.counts.violations += 1 }
      return state.counts.shutdowns > 0
    }
    if isDown { throw UsedAfterShutdown() }
  }
}

/// The part of a script that a request's limits let through.
private struct Excerpt {
  let pieces: [String]
  let reason: FinishReason

  init(of script: [String], for request: GenerationRequest) {
    let text = script.joined()
    let stops = request.stop.compactMap { text.firstRange(of: $0)?.lowerBound }
    var left = text[..<(stops.min() ?? text.endIndex)].unicodeScalars.count
    var pieces: [String] = []
    for piece in script where left > 0 {
      let scalars = piece.unicodeScalars.prefix(left)
      left -= scalars.count
      pieces.append(String(String.UnicodeScalarView(scalars)))
    }
    reason = pieces.count > request.maxTokens ? .length : .stop
    self.pieces = Array(pieces.prefix(request.maxTokens))
  }
}

extension GenerationRequest {
  fileprivate var inputCharacters: Int {
    switch input {
    case .chat(let messages): messages.reduce(0) { $0 + $1.content.count }
    case .text(let text): text.count
    }
  }
}
