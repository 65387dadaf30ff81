import Testing

@testable import Kernels

/// Each backward kernel against the differences of its forward one.
@Suite struct GradientTests {
  let width = 37
  let rows = 3

  @Test func `the gradients of norms are the slopes`() {
    var numbers = Numbers(seed: 1)
    let (x, flow) = (numbers.floats(width * rows, reach: 2), numbers.floats(width * rows))
    let (gain, bias) = (numbers.floats(width), numbers.floats(width))
    let (width, rows) = (width, rows)
    check(
      x, flow,
      forward: { x in
        Storing.run([x, gain], .f32, count: width * rows) {
          RootMeanSquareNorm.forward(
            $0[0], gain: $0[1], epsilon: 1e-5, width: width, rows: 0..<rows, into: $1, .f32)
        }
      },
      backward: {
        Storing.run([flow, x, gain], .f32, count: width * rows) {
          RootMeanSquareNorm.backward(
            $0[0], at: $0[1], gain: $0[2], epsilon: 1e-5, width: width, rows: 0..<rows,
            residual: nil, into: $1)
        }
      })
    check(
      x, flow,
      forward: { x in
        Storing.run([x, gain, bias], .f32, count: width * rows) {
          LayerNorm.forward(
            $0[0], gain: $0[1], bias: $0[2], epsilon: 1e-5, width: width, rows: 0..<rows,
            into: $1, .f32)
        }
      },
      backward: {
        Storing.run([flow, x, gain], .f32, count: width * rows) {
          LayerNorm.backward(
            $0[0], at: $0[1], gain: $0[2], epsilon: 1e-5, width: width, rows: 0..<rows,
            residual: nil, into: $1)
        }
      })
  }

  @Test func `what flows around a norm is added`() {
    var numbers = Numbers(seed: 2)
    let (x, flow) = (numbers.floats(width * rows), numbers.floats(width * rows))
    let (gain, around) = (numbers.floats(width), numbers.floats(width * rows))
    func backward(_ hasResidual: Bool) -> [Float] {
      Storing.run([flow, x, gain, around], .f32, count: width * rows) {
        RootMeanSquareNorm.backward(
          $0[0], at: $0[1], gain: $0[2], epsilon: 1e-5, width: width, rows: 0..<rows,
          residual: hasResidual ? UnsafeRawPointer($0[3]) : nil, into: $1)
      }
    }
    for ((with, without), added) in zip(zip(backward(true), backward(false)), around) {
      #expect(abs(with - without - added) < 1e-6)
    }
  }

  @Test(arguments: [GatedUnit.Activation.silu, .gelu])
  func `the gradient of a gated unit is the slope`(activation: GatedUnit.Activation) {
    var numbers = Numbers(seed: 3)
    let (x, flow) = (numbers.floats(2 * width * rows, reach: 3), numbers.floats(width * rows))
    let (width, rows) = (width, rows)
    check(
      x, flow,
      forward: { x in
        Storing.run([x], .f32, count: width * rows) {
          GatedUnit.forward($0[0], activation, width: width, rows: 0..<rows, into: $1, .f32)
        }
      },
      backward: {
        Storing.run([flow, x], .f32, count: 2 * width * rows) {
          GatedUnit.backward(
            $0[0], at: $0[1], activation, width: width, rows: 0..<rows, into: $1, .f32)
        }
      })
  }

  @Test func `the gradient of a head's norm is the slope, and leaves the rest alone`() {
    var numbers = Numbers(seed: 4)
    let heads = HeadNorm.Heads(stride: 30, first: 4, length: 8, count: 3)
    let (x, flow) = (numbers.floats(30 * rows), numbers.floats(30 * rows))
    let gain = numbers.floats(8)
    let rows = rows
    check(
      x, flow,
      forward: { x in
        Storing.run([x, gain], .f32, count: 30 * rows) {
          $1.copyMemory(from: $0[0], byteCount: 120 * rows)
          HeadNorm.forward($1, .f32, heads, rows: 0..<rows, gain: $0[1], epsilon: 1e-5)
        }
      },
      backward: {
        Storing.run([flow, x, gain], .f32, count: 30 * rows) {
          $1.copyMemory(from: $0[0], byteCount: 120 * rows)
          HeadNorm.backward(
            $1, at: $0[1], .f32, heads, rows: 0..<rows, gain: $0[2], epsilon: 1e-5)
        }
      })
  }

  @Test(arguments: [RotaryPositions.Pairing.neighbours, .halves])
  func `rotating back undoes a rotation`(pairing: RotaryPositions.Pairing) {
    var numbers = Numbers(seed: 5)
    let x = numbers.floats(24 * rows)
    let angles = numbers.floats(3 * rows, reach: 3)
    let table = (0..<rows).flatMap { row in
      let own = angles[3 * row..<3 * row + 3]
      return own.map { cosine($0) } + own.map { sine($0) }
    }
    let rows = rows
    func rotate(_ x: [Float], inverse: Bool) -> [Float] {
      Storing.run([x, table], .f32, count: 24 * rows) {
        $1.copyMemory(from: $0[0], byteCount: 96 * rows)
        RotaryPositions.rotate(
          $1, .f32, stride: 24, head: 8, heads: 2, rows: 0..<rows, by: $0[1], pairs: 3,
          pairing: pairing, inverse: inverse)
      }
    }
    let turned = rotate(x, inverse: false)
    #expect(turned != x)
    // The last 8 of each row are no head that is rotated; the last 2 of a head no pair.
    for row in 0..<rows {
      #expect(turned[24 * row + 16..<24 * row + 24] == x[24 * row + 16..<24 * row + 24])
    }
    for (found, expected) in zip(rotate(turned, inverse: true), x) {
      #expect(abs(found - expected) < 1e-5)
    }
  }

  @Test func `BF16 rows give what F32 rows give, rounded`() {
    var numbers = Numbers(seed: 6)
    let x = numbers.floats(2 * width * rows, reach: 3)
    func forward(_ element: KernelElement) -> [Float] {
      Storing.run([x], element, count: width * rows) {
        GatedUnit.forward($0[0], .silu, width: width, rows: 0..<rows, into: $1, element)
      }
    }
    for (narrow, wide) in zip(forward(.bf16), forward(.f32)) {
      #expect(abs(narrow - wide) < 0.02 * abs(wide) + 0.02)
    }
  }

  /// Compares a gradient with central differences of `flow · forward(x)`.
  func check(
    _ x: [Float], _ flow: [Float], forward: ([Float]) -> [Float], backward: () -> [Float]
  ) {
    let gradient = backward()
    #expect(gradient.count == x.count)
    let step: Float = 1e-2
    for index in stride(from: 0, to: x.count, by: 5) {
      func value(_ offset: Float) -> Double {
        var moved = x
        moved[index] += offset
        return zip(forward(moved), flow).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      }
      let slope = (value(step) - value(-step)) / Double(2 * step)
      #expect(abs(Double(gradient[index]) - slope) < 5e-3 + 1e-2 * abs(slope), "at \(index)")
    }
  }
}
