import Testing

@testable import Training

@Suite struct BatchPlanTests {
  private func examples(_ lengths: [Int]) -> [TokenisedExample] {
    lengths.enumerated().map { index, length in
      TokenisedExample(
        row: index + 1, tokens: Array(repeating: 1, count: length + 1),
        isAnswer: Array(repeating: true, count: length + 1))
    }
  }

  private func plan(_ lengths: [Int], batchTokens: Int, seed: UInt64 = 0) -> BatchPlan {
    var configuration = TrainingConfiguration()
    configuration.batchTokens = batchTokens
    configuration.epochs = 2
    configuration.seed = seed
    return BatchPlan(examples(lengths), configuration: configuration)
  }

  @Test(arguments: [64, 256, 1000])
  func `every row comes once an epoch and no block overflows`(batchTokens: Int) {
    let lengths = (0..<200).map { 1 + ($0 * 37) % 90 }
    let plan = plan(lengths, batchTokens: batchTokens)
    for epoch in 1...2 {
      let rows = plan.batches.filter { $0.epoch == epoch }.flatMap { $0.blocks.joined() }
      #expect(rows.sorted() == Array(lengths.indices))
    }
    for batch in plan.batches {
      #expect(batch.blocks.count == plan.blockCount)
      for block in batch.blocks {
        #expect(block.reduce(0) { $0 + lengths[$1] } <= plan.blockLength)
      }
      #expect(batch.blocks.joined().reduce(0) { $0 + lengths[$1] } <= plan.selectedCapacity)
    }
  }

  @Test func `at most a quarter is padding`() {
    let lengths = (0..<1000).map { 40 + ($0 * 37) % 90 }
    let plan = plan(lengths, batchTokens: 1024)
    let places = plan.batches.count * plan.blockLength * plan.blockCount
    #expect(Double(2 * lengths.reduce(0, +)) > 0.75 * Double(places))
  }

  @Test func `order depends on seed and epoch only`() {
    let lengths = Array(repeating: 50, count: 40)
    func order(_ seed: UInt64) -> [[[Int]]] {
      plan(lengths, batchTokens: 100, seed: seed).batches.map(\.blocks)
    }
    #expect(order(1) == order(1))
    #expect(order(1) != order(2))
    let both = plan(lengths, batchTokens: 100).batches
    #expect(
      both.filter { $0.epoch == 1 }.map(\.blocks) != both.filter { $0.epoch == 2 }.map(\.blocks))
  }
}
