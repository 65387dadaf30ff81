/// Which rows each step trains on, in which order: fixed before the first step.
///
/// A batch is a number of blocks of `blockLength` positions. Rows are packed into blocks side by
/// side, so little is padding; the attention mask keeps them apart.
struct BatchPlan {
  /// One step's rows: for each block, indices into the examples.
  struct Batch {
    var epoch: Int
    var blocks: [[Int]]
  }

  let blockLength: Int
  let blockCount: Int
  /// The greatest number of positions with loss in any batch.
  let selectedCapacity: Int
  let batches: [Batch]

  /// - Parameter examples: not empty.
  init(_ examples: [TokenisedExample], configuration: TrainingConfiguration) {
    let longest = examples.lazy.map(\.length).max() ?? 1
    // Short rows are packed several to a block; attention costs grow with the block.
    let multiple = (max(longest, min(256, configuration.batchTokens)) + 15) / 16 * 16
    blockLength = multiple
    blockCount = max(configuration.batchTokens / multiple, 1)
    var generator = SeededGenerator(seed: configuration.seed ^ 0x6F72_6465_72)  // "order"
    var batches: [Batch] = []
    for epoch in 1...configuration.epochs {
      batches += Self.pack(
        generator.permutation(examples.count), of: examples, epoch: epoch,
        blockLength: blockLength, blockCount: blockCount)
    }
    self.batches = batches
    selectedCapacity =
      batches.lazy.map { $0.blocks.joined().reduce(0) { $0 + examples[$1].targets } }.max() ?? 1
  }

  /// Puts rows in the given order into the first block with room; a row that fits none begins the next batch.
  private static func pack(
    _ order: [Int], of examples: [TokenisedExample], epoch: Int, blockLength: Int, blockCount: Int
  ) -> [Batch] {
    var batches: [Batch] = []
    var room: [Int] = []
    for index in order {
      let length = examples[index].length
      var block = room.firstIndex { $0 >= length }
      if block == nil {
        batches.append(Batch(epoch: epoch, blocks: Array(repeating: [], count: blockCount)))
        room = Array(repeating: blockLength, count: blockCount)
        block = 0
      }
      guard let block else { continue }
      room[block] -= length
      batches[batches.count - 1].blocks[block].append(index)
    }
    return batches
  }
}
