import Testing

@testable import Training

@Suite struct DivergenceWatchTests {
  private func check(_ losses: [Float], norm: Float = 1) throws {
    var watch = DivergenceWatch()
    for (index, loss) in losses.enumerated() {
      try watch.check(
        loss: loss, gradientNorm: norm, step: index + 1, epoch: 1, rows: { [index] })
    }
  }

  @Test func `noise around a falling loss is no divergence`() throws {
    try check([4, 3, 5, 2, 4, 1, 0.5, 6, 0.2, 0.1, 3, 0.1])
  }

  @Test(arguments: [[2, .nan], [2, .infinity], [2, 1, 9, 12, 14, 15, 16]] as [[Float]])
  func `no number, or a loss that climbs and stays, is`(losses: [Float]) {
    #expect(throws: TrainingError.self) { try check(losses) }
  }

  @Test func `a gradient that is no number is`() {
    #expect(throws: TrainingError.self) { try check([1], norm: .nan) }
  }
}
