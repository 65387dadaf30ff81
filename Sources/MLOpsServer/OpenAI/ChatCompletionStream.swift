import HTTPTypes
import Hummingbird
import JSON
import MLOpsCore

/// An answer as server-sent events: the role, the pieces of text, why it ended, `[DONE]`.
struct ChatCompletionStream: Sendable {
  private let events: AsyncThrowingStream<GenerationEvent, any Error>
  private let shape: ChatCompletionAnswer
  private let includesUsage: Bool

  init(_ answer: Answer, _ shape: ChatCompletionAnswer, includesUsage: Bool) {
    events = answer.events
    self.shape = shape
    self.includesUsage = includesUsage
  }

  /// Waits for the first event, so that what fails at once is still a proper HTTP error.
  func response() async throws -> Response {
    var iterator = events.makeAsyncIterator()
    guard let first = try await iterator.next() else { throw CancellationError() }
    return Response(
      status: .ok,
      headers: [
        .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-cache",
      ],
      body: ResponseBody { writer in
        try await writer.write(frame(shape.opening))
        if try await write(first, to: &writer) {
          try await writeRest(to: &writer)
        }
        try await writer.finish(nil)
      })
  }

  private func writeRest(to writer: inout any ResponseBodyWriter) async throws {
    do {
      for try await event in events {
        guard try await write(event, to: &writer) else { return }
      }
    } catch {
      // The status went out long ago; clients look for an error object among the events.
      try await writer.write(frame(OpenAIError(error).json))
    }
  }

  /// - Returns: whether more is to come.
  private func write(_ event: GenerationEvent, to writer: inout any ResponseBodyWriter) async throws
    -> Bool
  {
    switch event {
    case .text(let piece):
      try await writer.write(frame(shape.piece(piece)))
      return true
    case .finished(let reason, let usage):
      // One write, so that the end of an answer costs one packet.
      var end = frame(shape.closing(reason))
      if includesUsage { end.writeImmutableBuffer(frame(shape.accounting(usage))) }
      end.writeString("data: [DONE]\n\n")
      try await writer.write(end)
      return false
    }
  }

  private func frame(_ json: JSONValue) -> ByteBuffer {
    ByteBuffer(string: "data: \(json.canonical)\n\n")
  }
}
