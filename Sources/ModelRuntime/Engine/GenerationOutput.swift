import MLOpsCore

/// Where a generation goes: pieces, then exactly one of `finish` and `fail`.
protocol GenerationOutput: AnyObject {
  func give(_ piece: String)
  func finish(_ reason: FinishReason, _ usage: TokenUsage, likelihoods: [Double]?)
  func fail(_ error: any Error)
}

/// Gives a generation to a stream.
final class StreamOutput: GenerationOutput {
  typealias Stream = AsyncThrowingStream<GenerationEvent, any Error>.Continuation
  private let stream: Stream

  init(_ stream: Stream) { self.stream = stream }

  func give(_ piece: String) { stream.yield(.text(piece)) }

  func finish(_ reason: FinishReason, _ usage: TokenUsage, likelihoods: [Double]?) {
    stream.yield(.finished(reason, usage))
    stream.finish()
  }

  func fail(_ error: any Error) { stream.finish(throwing: error) }
}
