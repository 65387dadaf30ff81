import Deployment
import MLOpsCore

/// One answer in the making.
///
/// The token loop runs in a task of its own that holds the lease and the admission, so that both
/// last exactly as long as the loop does: to its end, to the time limit, or until the client is gone.
struct Answer {
  let live: LiveRelease
  let events: AsyncThrowingStream<GenerationEvent, any Error>

  /// Begins to generate; `lease` and the place in `gate` are given back by the answer.
  init(
    _ request: GenerationRequest, lease: Lease, gate: AdmissionGate, connection: Connection?,
    timeout: Duration
  ) {
    live = lease.live
    let (events, continuation) = AsyncThrowingStream<GenerationEvent, any Error>.makeStream()
    self.events = events
    let loop = Task {
      defer {
        connection?.forget()
        lease.end()
        gate.leave()
      }
      do {
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask {
            for try await event in lease.live.model.stream(request) { continuation.yield(event) }
          }
          group.addTask {
            try await Task.sleep(for: timeout)
            throw ServerError.tooSlow(seconds: Int(timeout.components.seconds))
          }
          defer { group.cancelAll() }
          try await group.next()
        }
        continuation.finish()
      } catch {
        continuation.finish(throwing: error)
      }
    }
    continuation.onTermination = { _ in loop.cancel() }
    connection?.whenGone { loop.cancel() }
  }

  /// The whole answer.
  func generation() async throws -> Generation {
    var text = ""
    for try await event in events {
      switch event {
      case .text(let piece): text += piece
      case .finished(let reason, let usage):
        return Generation(text: text, reason: reason, usage: usage)
      }
    }
    throw CancellationError()
  }
}
