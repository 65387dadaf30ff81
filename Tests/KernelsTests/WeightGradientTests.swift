import Foundation
import Testing

@testable import Kernels

// What a training of all parameters needs of kernels: gradients in gains, biases and logits.
extension GradientTests {
  private func zeros(_ target: UnsafeMutableRawPointer, _ count: Int) {
    target.initializeMemory(as: Float.self, repeating: 0, count: count)
  }

  @Test func `the gradient in a gain is the slope`() {
    var numbers = Numbers(seed: 11)
    let (x, flow) = (numbers.floats(width * rows, reach: 2), numbers.floats(width * rows))
    let gain = numbers.floats(width)
    let (width, rows) = (width, rows)
    check(
      gain, flow,
      forward: { gain in
        Storing.run([x, gain], .f32, count: width * rows) {
          RootMeanSquareNorm.forward(
            $0[0], gain: $0[1], epsilon: 1e-5, width: width, rows: 0..<rows, into: $1, .f32)
        }
      },
      backward: {
        Storing.run([flow, x], .f32, count: width) {
          zeros($1, width)
          RootMeanSquareNorm.addGainGradient(
            $0[0], at: $0[1], epsilon: 1e-5, width: width, rows: 0..<rows, to: $1)
        }
      })
  }

  @Test func `the gradients in a layer norm's gain and bias are the slopes`() {
    var numbers = Numbers(seed: 12)
    let (x, flow) = (numbers.floats(width * rows, reach: 2), numbers.floats(width * rows))
    let both = numbers.floats(2 * width)
    let (width, rows) = (width, rows)
    check(
      both, flow,
      forward: { both in
        Storing.run([x, both], .f32, count: width * rows) {
          LayerNorm.forward(
            $0[0], gain: $0[1], bias: $0[1] + 4 * width, epsilon: 1e-5, width: width,
            rows: 0..<rows, into: $1, .f32)
        }
      },
      backward: {
        Storing.run([flow, x], .f32, count: 2 * width) {
          zeros($1, 2 * width)
          LayerNorm.addGainGradient(
            $0[0], at: $0[1], epsilon: 1e-5, width: width, rows: 0..<rows, to: $1,
            bias: $1 + 4 * width)
        }
      })
  }

  @Test func `the gradient in the gain of heads is the slope, summed over heads`() {
    var numbers = Numbers(seed: 13)
    let heads = HeadNorm.Heads(stride: 30, first: 4, length: 8, count: 3)
    let x = numbers.floats(30 * rows)
    // Nothing pulls at what is no head.
    let flow = numbers.floats(30 * rows).enumerated().map {
      (4..<28).contains($0.offset % 30) ? $0.element : 0
    }
    let gain = numbers.floats(8)
    let rows = rows
    check(
      gain, flow,
      forward: { gain in
        Storing.run([x, gain], .f32, count: 30 * rows) {
          $1.copyMemory(from: $0[0], byteCount: 120 * rows)
          HeadNorm.forward($1, .f32, heads, rows: 0..<rows, gain: $0[1], epsilon: 1e-5)
        }
      },
      backward: {
        Storing.run([flow, x], .f32, count: 8) {
          zeros($1, 8)
          HeadNorm.addGainGradient(
            $0[0], at: $0[1], .f32, heads, rows: 0..<rows, epsilon: 1e-5, to: $1)
        }
      })
  }

  @Test func `sums over rows are added to what is there`() {
    var numbers = Numbers(seed: 14)
    let rows = numbers.floats(4 * 10)
    let found = Storing.run([rows], .f32, count: 3) {
      $1.initializeMemory(as: Float.self, repeating: 1, count: 3)
      Rows.addSum(of: $0[0] + 8, .f32, stride: 10, rows: 4, count: 3, to: $1)
    }
    for (index, value) in found.enumerated() {
      let expected = 1 + (0..<4).reduce(0) { $0 + rows[$1 * 10 + 2 + index] }
      #expect(abs(value - expected) < 1e-6)
    }
  }

  @Test(arguments: [0, 5])
  func `the gradient in a stretch of logits is the slope of the likelihood`(first: Int) {
    var numbers = Numbers(seed: 15)
    let (vocabulary, stretch) = (11, 6)
    let logits = numbers.floats(vocabulary * rows, reach: 3)
    let slopes = numbers.floats(rows)
    let targets: [Int32] = [2, 7, 5]
    let normalisers: [Float] = (0..<rows).map { row in
      log(logits[row * vocabulary..<(row + 1) * vocabulary].reduce(0) { $0 + exp($1) })
    }
    // The normalisers lie apart, as the cross-entropy leaves them.
    let spaced: [Float] = normalisers.flatMap { [Float(0), $0] }
    let part = (0..<rows).flatMap { row in
      logits[row * vocabulary + first..<row * vocabulary + first + stretch]
    }
    let rows = rows
    let found = Storing.run([part], .f32, count: stretch * rows) { inputs, output in
      targets.withUnsafeBufferPointer { targets in
        slopes.withUnsafeBufferPointer { slopes in
          spaced.withUnsafeBufferPointer { spaced in
            guard let targets = targets.baseAddress, let slopes = slopes.baseAddress,
              let spaced = spaced.baseAddress
            else { return }
            VocabularyTile.gradient(
              inputs[0], vocabulary: first..<first + stretch, rows: rows, normalisers: spaced + 1,
              stride: 2, slopes: slopes, targets: targets, into: output, .f32)
          }
        }
      }
    }
    for row in 0..<rows {
      for word in 0..<stretch {
        let likelihood = exp(part[row * stretch + word] - normalisers[row])
        let expected = slopes[row] * (likelihood - (Int(targets[row]) == first + word ? 1 : 0))
        #expect(abs(found[row * stretch + word] - expected) < 1e-5)
      }
    }
  }
}
