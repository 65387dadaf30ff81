import MLOpsCore

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
    ParallelBatches(count: draws, batch: batch, threads: threads).results(body)
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
