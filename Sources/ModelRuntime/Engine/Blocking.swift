import Foundation

/// Runs what blocks on a thread that ends with it, away from the cooperative pool.
enum Blocking {
  static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws
    -> Value
  {
    try await withCheckedThrowingContinuation { done in
      let thread = Thread { done.resume(with: Result { try body() }) }
      thread.name = "mlops.blocking"
      thread.stackSize = 64 << 20
      thread.start()
    }
  }
}
