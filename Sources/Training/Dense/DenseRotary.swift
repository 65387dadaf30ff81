import Foundation
import Kernels
import ModelRuntime

/// The angles of rotary positions for the tokens of a batch.
struct DenseRotary {
  let pairing: RotaryPositions.Pairing
  /// Pairs of features that are rotated in each head.
  let pairs: Int
  /// F32 `[2 · pairs, capacity]`: cosines, then sines.
  let table: GraphTensor

  /// Appends the table to a graph; computed once for all blocks.
  ///
  /// - Parameters:
  ///   - positions: I32 `[capacity]`.
  ///   - factors: divide the frequencies (Llama 3); nil for none.
  init(
    _ rotary: RotaryEmbedding, factors: [Float]?, positions: GraphTensor, on tape: Tape
  ) throws {
    let pairs = rotary.dimensions / 2
    self.pairs = pairs
    pairing = rotary.pairing == .neighbours ? .neighbours : .halves
    let frequencies = rotary.frequencies.enumerated().map { pair, frequency in
      frequency / Double(factors?[pair] ?? 1)
    }
    let magnitude = rotary.scaledMagnitude
    let batch = tape.dense
    table = try tape.graph.kernel(
      "rotaryTable", TensorShape(2 * pairs, positions.shape[0]), inputs: [positions]
    ) { call in
      let positions = call.inputs[0].assumingMemoryBound(to: Int32.self)
      for row in call.share(of: batch.tokens) {
        let target = call.output.assumingMemoryBound(to: Float.self) + 2 * row * pairs
        for pair in 0..<pairs {
          let angle = Double(positions[row]) * frequencies[pair]
          target[pair] = Float(cos(angle) * magnitude)
          target[pair + pairs] = Float(sin(angle) * magnitude)
        }
      }
    }
  }
}

extension RotaryEmbedding {
  /// The angle between one position and the next, for each pair.
  fileprivate var frequencies: [Double] {
    let (base, count, scale) = (Double(base), Double(dimensions), Double(positionScale))
    return (0..<dimensions / 2).map { pair in
      let frequency = pow(base, -2 * Double(pair) / count)
      guard let original else { return frequency * scale }
      // YaRN: pairs that turn often within the original context keep their speed.
      func place(_ turns: Double) -> Double {
        count * log(Double(original) / (turns * 2 * .pi)) / (2 * log(base))
      }
      let low = max(0, place(32).rounded(.down))
      let high = min(count - 1, place(1).rounded(.up))
      let stretched = min(max((Double(pair) - low) / max(0.001, high - low), 0), 1)
      return frequency * (scale * stretched + (1 - stretched))
    }
  }

  /// `magnitude`, and what YaRN multiplies by to make up for its stretching.
  fileprivate var scaledMagnitude: Double {
    Double(magnitude) * (original == nil ? 1 : 1 + 0.1 * log(1 / Double(positionScale)))
  }
}
