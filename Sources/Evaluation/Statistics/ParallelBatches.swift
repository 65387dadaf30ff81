import Dispatch
import MLOpsCore
import Synchronization

/// Independent pieces of work by their numbers, on several threads.
struct ParallelBatches {
  /// How many pieces there are.
  let count: Int
  /// Pieces that are done one after the other on one thread.
  let batch: Int
  /// At least 1.
  var threads = Processors.usable

  /// The results of all pieces, in order.
  ///
  /// - Parameter body: the results of a range of pieces.
  func results<Value: Sendable>(_ body: @Sendable (Range<Int>) -> [Value]) -> [Value] {
    let batches = (count + batch - 1) / batch
    let results = Mutex([[Value]](repeating: [], count: batches))
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: min(batches, threads)) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < batches else { return }
        let start = index * batch
        let values = body(start..<min(start + batch, count))
        results.withLock { $0[index] = values }
      }
    }
    return results.withLock { $0.flatMap(\.self) }
  }
}
