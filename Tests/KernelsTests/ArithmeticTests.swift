import Foundation
import Testing

@testable import Kernels

@Suite struct ArithmeticTests {
  @Test func `the exponential is right to 2 units in the last place`() {
    var worst = 0.0
    for step in -8700...8700 {
      let x = Float(step) / 100
      let expected = exp(Double(x))
      worst = max(worst, abs(Double(exponential(x)) - expected) / expected)
    }
    #expect(worst < 2.4e-7)
    #expect(exponential(0) == 1)
  }

  @Test func `far below and above it stays finite`() {
    for x in [-Float.infinity, -1e30, -88, 89, 1e30] {
      #expect(exponential(x).isFinite)
      #expect(exponential(x) >= 0)
    }
    #expect(exponential(-Float.greatestFiniteMagnitude) < 1e-37)
  }

  @Test(arguments: [0, 1, 15, 16, 17, 100])
  func `a sum takes in every number once`(count: Int) {
    let values = (0..<count).map(Float.init)
    #expect(sum(count) { values[$0] } == Float(count * max(count - 1, 0) / 2))
  }

  @Test func `BF16 rounds to nearest, ties to even, and keeps what is no number`() {
    func stored(_ value: Float) -> Float { BrainFloat(value).float }
    #expect(stored(1) == 1)
    #expect(stored(1 + 1 / 256) == 1)  // half way, to even
    #expect(stored(1 + 3 / 256) == Float(1.015625))  // half way, to even
    #expect(stored(1 + 1.01 / 256) == Float(1.0078125))
    #expect(stored(-.infinity) == -.infinity)
    #expect(stored(.nan).isNaN)
    #expect(BrainFloat(Float(bitPattern: 0x7F80_0001)).float.isNaN)
  }

  @Test func `GELU and its slope agree with their formula`() {
    for step in -60...60 {
      let x = Double(step) / 10
      let angle = 0.7978845608 * (x + 0.044715 * x * x * x)
      let expected = 0.5 * x * (1 + tanh(angle))
      #expect(abs(Double(gelu(Float(x))) - expected) < 2e-6)
      let small = 1e-3
      let slope = Double(gelu(Float(x + small)) - gelu(Float(x - small))) / (2 * small)
      #expect(abs(Double(geluSlope(Float(x))) - slope) < 2e-3)
    }
  }
}
