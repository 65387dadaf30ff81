import MLOpsCore

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

  /// Plans every epoch.
  ///
  /// - Parameters:
  ///   - examples: not empty.
  ///   - configuration: its epochs, batch tokens and seed.
  init(_ examples: [TokenisedExample], configuration: TrainingConfiguration) {
    let lengths = examples.map(\.length)
    var generator = SplitMix64(seed: configuration.seed ^ 0x6F72_6465_72)  // "order"
    let orders = (0..<configuration.epochs).map { _ in generator.permutation(examples.count) }
    let packing = Self.bestPacking(
      of: lengths, order: orders[0], batchTokens: configuration.batchTokens)
    let batches = orders.enumerated().flatMap { index, order in
      packing.batches(of: lengths, order: order, epoch: index + 1)
    }
    blockLength = packing.blockLength
    blockCount = packing.blockCount
    self.batches = batches
    selectedCapacity =
      batches.lazy.map { $0.blocks.joined().reduce(0) { $0 + examples[$1].targets } }.max() ?? 1
  }

  /// Plans every epoch for kernels: all rows of a step lie side by side, and a step may hold fewer
  /// positions than another. Samples that the method compares lie in one batch.
  init(packed examples: [TokenisedExample], configuration: TrainingConfiguration) {
    let method = configuration.method
    let groups = stride(from: 0, to: examples.count, by: method.samplesTogether).map {
      Array($0..<min($0 + method.samplesTogether, examples.count))
    }
    let lengths = groups.map { $0.reduce(0) { $0 + examples[$1].length } }
    var generator = SplitMix64(seed: configuration.seed ^ 0x6F72_6465_72)  // "order"
    let packing = Packing(
      blockLength: max(configuration.batchTokens, lengths.max() ?? 1), blockCount: 1)
    var batches: [Batch] = []
    for epoch in 1...max(configuration.epochs, 1) {
      if epoch > 1, method.keepsBatches {
        let first = batches.filter { $0.epoch == 1 }
        batches += generator.permutation(first.count)
          .map { Batch(epoch: epoch, blocks: first[$0].blocks) }
      } else {
        batches += packing.batches(
          of: lengths, order: generator.permutation(groups.count), epoch: epoch
        ).map { Batch(epoch: epoch, blocks: $0.blocks.map { $0.flatMap { groups[$0] } }) }
      }
    }
    blockLength =
      batches.lazy.map { $0.blocks[0].reduce(0) { $0 + examples[$1].length } }.max() ?? 1
    blockCount = 1
    self.batches = batches
    selectedCapacity =
      batches.lazy.map { $0.blocks[0].reduce(0) { $0 + examples[$1].targets } }.max() ?? 1
  }

  /// The block length for which an epoch costs least: long blocks leave less padding, but
  /// attention compares every position with its whole block.
  private static func bestPacking(of lengths: [Int], order: [Int], batchTokens: Int) -> Packing {
    let longest = ((lengths.max() ?? 1) + 15) / 16 * 16
    let candidates = [longest, 64, 96, 128, 192, 256]
      .filter { $0 == longest || ($0 > longest && $0 <= batchTokens) }
      .map { Packing(blockLength: $0, blockCount: max(batchTokens / $0, 1)) }
    func cost(_ packing: Packing) -> Double {
      let batches = packing.batches(of: lengths, order: order, epoch: 1).count
      let positions = Double(batches * packing.blockLength * packing.blockCount)
      // Measured on small models: attention within 512 positions costs what all the rest does.
      return positions * (1 + Double(packing.blockLength) / 512)
    }
    return candidates.min { cost($0) < cost($1) } ?? candidates[0]
  }
}

/// A shape of batches, and how rows are put into them.
private struct Packing {
  let blockLength: Int
  let blockCount: Int

  /// Puts rows in the given order into the first block with room; a row that fits none begins the
  /// next batch.
  func batches(of lengths: [Int], order: [Int], epoch: Int) -> [BatchPlan.Batch] {
    var batches: [BatchPlan.Batch] = []
    var room: [Int] = []
    for index in order {
      var place = room.firstIndex { $0 >= lengths[index] }
      if place == nil {
        batches.append(
          BatchPlan.Batch(epoch: epoch, blocks: Array(repeating: [], count: blockCount)))
        room = Array(repeating: blockLength, count: blockCount)
        place = 0
      }
      guard let place else { continue }
      room[place] -= lengths[index]
      batches[batches.count - 1].blocks[place].append(index)
    }
    return batches
  }
}
