import Deployment
import JSON
import MLOpsCore
import Synchronization

/// Asks a server without pause while its release is swapped, and counts what comes back.
final class SwapLoad: Sendable {
  /// What the clients saw.
  struct Tally: Sendable {
    /// Answers by the digest of the release that gave them.
    var answers: [String: Int] = [:]
    /// Requests that got no answer.
    var failures = 0

    var total: Int { answers.values.reduce(0, +) }
  }

  private let counter = Counter()
  private let task: Task<Void, Never>

  /// Starts some clients that ask one question over and over.
  init(_ server: ControlClient, clients: Int, question: String) {
    let body: JSONValue = [
      "messages": [["role": "user", "content": .string(question)]], "max_tokens": 48,
    ]
    let counter = counter
    task = Task {
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<clients {
          group.addTask {
            while !Task.isCancelled {
              do {
                let answer = try await server.chat(body)
                counter.count { $0.answers[answer.release?.short ?? "unknown", default: 0] += 1 }
              } catch {
                if !Task.isCancelled { counter.count { $0.failures += 1 } }
              }
            }
          }
        }
      }
    }
  }

  /// Stops the clients and says what they saw.
  func stop() async -> Tally {
    task.cancel()
    await task.value
    return counter.tally
  }
}

/// A tally that several clients add to.
private final class Counter: Sendable {
  private let state = Mutex(SwapLoad.Tally())

  var tally: SwapLoad.Tally { state.withLock { $0 } }

  func count(_ change: (inout SwapLoad.Tally) -> Void) { state.withLock { change(&$0) } }
}
