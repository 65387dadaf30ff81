import Foundation
import Synchronization

/// Runs a training on a thread of its own: it blocks for minutes, and the cooperative pool must not.
enum TrainingThread {
  /// - Parameter body: receives a question to ask between steps: whether the task was cancelled.
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws.
  static func run<Value: Sendable>(
    _ body: @escaping @Sendable (_ isCancelled: () -> Bool) throws -> Value
  ) async throws -> Value {
    let flag = Flag()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { done in
        let thread = Thread {
          done.resume(with: Result { try body { flag.isSet.load(ordering: .relaxed) } })
        }
        thread.name = "mlops.training"
        // Some tokenisers use std::regex, which recurses once for each character.
        thread.stackSize = 64 << 20
        thread.start()
      }
    } onCancel: {
      flag.isSet.store(true, ordering: .relaxed)
    }
  }

  private final class Flag: Sendable {
    let isSet = Atomic(false)
  }
}
