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
    let frequencies = (0..<pairs).map { pair in
      pow(Double(rotary.base), -2 * Double(pair) / Double(rotary.dimensions))
        * Double(rotary.positionScale) / Double(factors?[pair] ?? 1)
    }
    let batch = tape.dense
    table = try tape.graph.kernel(
      "rotaryTable", TensorShape(2 * pairs, positions.shape[0]), inputs: [positions]
    ) { call in
      let positions = call.inputs[0].assumingMemoryBound(to: Int32.self)
      for row in call.share(of: batch.tokens) {
        let target = call.output.assumingMemoryBound(to: Float.self) + 2 * row * pairs
        for pair in 0..<pairs {
          let angle = Double(positions[row]) * frequencies[pair]
          target[pair] = Float(cos(angle))
          target[pair + pairs] = Float(sin(angle))
        }
      }
    }
  }
}
