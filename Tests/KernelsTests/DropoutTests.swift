import Foundation
import Testing

@testable import Kernels

func cosine(_ x: Float) -> Float { Float(cos(Double(x))) }
func sine(_ x: Float) -> Float { Float(sin(Double(x))) }

@Suite struct DropoutTests {
  private let width = 61
  private let rows = 40

  private func copy(_ dropout: Dropout, rows part: Range<Int>, columns: Range<Int>) -> [Float] {
    let ones = [Float](repeating: 1, count: width * rows)
    return Storing.run([ones], .f32, count: part.count * columns.count) {
      dropout.copy($0[0], width: width, rows: part, columns: columns, into: $1, .f32)
    }
  }

  @Test func `as many are left out as it says, and the mean is kept`() {
    let kept = copy(Dropout(probability: 0.25, key: 3), rows: 0..<rows, columns: 0..<width)
    let share = Double(kept.filter { $0 == 0 }.count) / Double(kept.count)
    #expect(abs(share - 0.25) < 4 * (0.25 * 0.75 / Double(kept.count)).squareRoot())
    #expect(Set(kept) == [0, 1 / 0.75])
  }

  @Test func `a part of the matrix leaves out what the whole leaves out`() {
    let dropout = Dropout(probability: 0.5, key: 9)
    let whole = copy(dropout, rows: 0..<rows, columns: 0..<width)
    let part = copy(dropout, rows: 7..<11, columns: 5..<30)
    for row in 0..<4 {
      #expect(
        part[25 * row..<25 * row + 25] == whole[(row + 7) * width + 5..<(row + 7) * width + 30])
    }
  }

  @Test func `another key leaves out others`() {
    let one = copy(Dropout(probability: 0.5, key: 1), rows: 0..<rows, columns: 0..<width)
    let two = copy(Dropout(probability: 0.5, key: 2), rows: 0..<rows, columns: 0..<width)
    let equal = zip(one, two).count { $0 == $1 }
    #expect(abs(Double(equal) / Double(one.count) - 0.5) < 0.05)
  }

  @Test func `gradients flow where numbers were kept`() {
    let dropout = Dropout(probability: 0.5, key: 4)
    let forward = copy(dropout, rows: 0..<rows, columns: 3..<20)
    let flow = [Float](repeating: 1, count: 17 * rows)
    let backward = Storing.run([flow], .f32, count: width * rows) {
      $1.initializeMemory(as: UInt8.self, repeating: 0, count: 4 * width * rows)
      dropout.add($0[0], rows: rows, columns: 3..<20, width: width, to: $1, .f32)
    }
    for row in 0..<rows {
      #expect(backward[row * width + 3..<row * width + 20] == forward[17 * row..<17 * row + 17])
      #expect(backward[row * width..<row * width + 3].allSatisfy { $0 == 0 })
    }
  }
}
