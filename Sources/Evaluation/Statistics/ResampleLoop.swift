import Dispatch
import MLOpsCore
import Synchronization

/// Many independent draws, shared among the processors.
///
/// Each draw has a stream of random numbers that depends on the seed and its own number alone, so
/// the result is the same however many threads there are.
struct ResampleLoop {
  let draws: Int
  /// Draws that are made one after the other, so that what they read is near after the first.
  let batch: Int
  /// At least 1.
  var threads = Processors.usable

  /// The results of all draws, in order.
  ///
  /// - Parameter body: the results of a range of draws.
  func results<Value: Sendable>(_ body: @Sendable (Range<Int>) -> [Value]) -> [Value] {
    let batches = (draws + batch - 1) / batch
    let results = Mutex([[Value]](repeating: [], count: batches))
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: min(batches, threads)) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < batches else { return }
        let start = index * batch
        let values = body(start..<min(start + batch, draws))
        results.withLock { $0[index] = values }
      }
    }
    return results.withLock { $0.flatMap(\.self) }
  }

  /// The random numbers of one part of one draw.
  static func stream(seed: UInt64, draw: Int, part: Int = 0) -> SplitMix64 {
    // Through the generator's own mixing, so that neighbouring keys lead far apart.
    var key = SplitMix64(seed: seed)
    key = SplitMix64(seed: key.next() ^ UInt64(draw))
    key = SplitMix64(seed: key.next() ^ UInt64(part))
    return SplitMix64(seed: key.next())
  }
}
