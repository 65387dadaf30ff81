import Foundation
import MLOpsCore

/// Chooses tokens from logits.
///
/// Temperature comes first, then top-k, then top-p. All in double precision and with its own
/// generator, so that a seed gives the same choices on every platform.
struct TokenSampler {
  private let sampling: Sampling
  private var generator: SplitMix64

  init(_ sampling: Sampling) {
    self.sampling = sampling
    generator = SplitMix64(seed: UInt64(sampling.seed))
  }

  /// - Throws: `runtime.not_finite`.
  mutating func choose(_ logits: UnsafeBufferPointer<Float>) throws(RuntimeError) -> Int32 {
    let best = try Self.likeliest(logits)
    guard sampling.temperature > 0, sampling.topK != 1 else { return best }
    let peak = Double(logits[Int(best)])
    let weigh = { [temperature = sampling.temperature] (logit: Float) in
      exp((Double(logit) - peak) / temperature)
    }
    if sampling.topK <= 0, sampling.topP >= 1 { return draw(logits, weigh) ?? best }
    return drawFromTop(logits, weigh) ?? best
  }

  /// The token with the largest logit; of equals the first.
  static func likeliest(_ logits: UnsafeBufferPointer<Float>) throws(RuntimeError) -> Int32 {
    var best = -1
    var largest = -Float.infinity
    for index in logits.indices {
      let logit = logits[index]
      if logit > largest {
        largest = logit
        best = index
      } else if logit.isNaN {
        throw .notFinite
      }
    }
    guard best >= 0, largest.isFinite else { throw .notFinite }
    return Int32(best)
  }

  private mutating func draw(
    _ logits: UnsafeBufferPointer<Float>, _ weigh: (Float) -> Double
  ) -> Int32? {
    let total = logits.reduce(0) { $0 + weigh($1) }
    var point = generator.unit() * total
    for index in logits.indices {
      point -= weigh(logits[index])
      if point < 0 { return Int32(index) }
    }
    return nil
  }

  private mutating func drawFromTop(
    _ logits: UnsafeBufferPointer<Float>, _ weigh: (Float) -> Double
  ) -> Int32? {
    var total = 0.0
    var candidates: [(token: Int32, weight: Double)] = []
    for index in logits.indices {
      let weight = weigh(logits[index])
      total += weight
      // What is a billionth as likely as the best is left out before sorting 150,000 of them.
      if weight > 1e-9 { candidates.append((Int32(index), weight)) }
    }
    candidates.sort { ($1.weight, $0.token) < ($0.weight, $1.token) }
    if sampling.topK > 0, candidates.count > sampling.topK {
      candidates.removeLast(candidates.count - sampling.topK)
      total = candidates.reduce(0) { $0 + $1.weight }
    }
    var mass = 0.0
    var kept = 0
    while kept < candidates.count, kept == 0 || mass < sampling.topP * total {
      mass += candidates[kept].weight
      kept += 1
    }
    var point = generator.unit() * mass
    for candidate in candidates.prefix(kept) {
      point -= candidate.weight
      if point < 0 { return candidate.token }
    }
    return nil
  }
}
