import MLOpsCore

/// Which rows each step trains on, in which order: fixed before the first step.
///
/// A batch is a number of blocks of `blockLength` positions. Rows are packed into blocks side by
/// side, so little is padding; the attention mask keeps them apart. A step is one batch or more.
struct BatchPlan {
  /// Rows that are computed at once: for each block, indices into the examples.
  struct Batch {
    var epoch: Int
    var blocks: [[Int]]
  }

  let blockLength: Int
  let blockCount: Int
  /// The greatest number of positions with loss in any batch.
  let selectedCapacity: Int
  /// In the order in which they are computed.
  let batches: [Batch]
  /// Each optimiser step's batches, all of one epoch.
  let steps: [Range<Int>]
  /// Batches of the rows that are validated on, with indices into these.
  let validation: [Batch]

  /// Plans every epoch.
  ///
  /// - Parameters:
  ///   - examples: not empty.
  ///   - validation: rows that are validated on.
  ///   - configuration: its epochs or steps, batch tokens, batches in a step and seed.
  init(
    _ examples: [TokenisedExample], validation: [TokenisedExample] = [],
    configuration: TrainingConfiguration
  ) {
    let lengths = (examples + validation).map(\.length)
    self.init(examples, validation, configuration) { order in
      Self.bestPacking(
        of: lengths, order: order, batchTokens: configuration.batchTokens ?? Self.batchTokens)
    } shape: { packing, _ in
      (packing.blockLength, packing.blockCount)
    }
  }

  /// Plans every epoch for kernels: all rows of a batch lie side by side, and one may hold fewer
  /// positions than another.
  init(
    packed examples: [TokenisedExample], validation: [TokenisedExample] = [],
    configuration: TrainingConfiguration
  ) {
    self.init(examples, validation, configuration) { _ in
      Packing(blockLength: configuration.batchTokens ?? Self.batchTokens, blockCount: 1)
    } shape: { _, longest in
      (longest, 1)
    }
  }

  /// The positions of a batch where nothing is said.
  private static let batchTokens = 1024

  /// - Parameters:
  ///   - packing: how rows are put together, from the first epoch's order.
  ///   - shape: a batch's blocks, from the packing and the most positions in any block.
  private init(
    _ examples: [TokenisedExample], _ heldOut: [TokenisedExample],
    _ configuration: TrainingConfiguration, packing: ([Int]) -> Packing,
    shape: (Packing, Int) -> (length: Int, count: Int)
  ) {
    let method = configuration.method
    // Samples that the method compares are never split.
    let groups = stride(from: 0, to: examples.count, by: method.samplesTogether).map {
      Array($0..<min($0 + method.samplesTogether, examples.count))
    }
    let lengths = groups.map { $0.reduce(0) { $0 + examples[$1].length } }
    var generator = SplitMix64(seed: configuration.seed ^ 0x6F72_6465_72)  // "order"
    let most = configuration.maxSteps ?? .max
    let epochs = configuration.maxSteps == nil ? configuration.epochs ?? 3 : .max
    var batches: [Batch] = []
    var steps: [Range<Int>] = []
    var chosen: Packing?
    var whole: [Batch] = []
    var epoch = 0
    while epoch < epochs, steps.count < most {
      epoch += 1
      let first = batches.count
      if epoch > 1, method.keepsBatches {
        batches += generator.permutation(whole.count)
          .map { Batch(epoch: epoch, blocks: whole[$0].blocks) }
      } else {
        let order = generator.permutation(groups.count)
        let packing = chosen ?? packing(order)
        chosen = packing
        whole = packing.batches(of: lengths, order: order, epoch: epoch).map {
          Batch(epoch: epoch, blocks: $0.blocks.map { $0.flatMap { groups[$0] } })
        }
        batches += whole
      }
      for start in stride(from: first, to: batches.count, by: configuration.accumulate)
      where steps.count < most {
        steps.append(start..<min(start + configuration.accumulate, batches.count))
      }
    }
    batches.removeLast(batches.count - (steps.last?.upperBound ?? 0))
    let held = heldOut.map(\.length)
    let validation =
      chosen?.batches(of: held, order: Array(held.indices), epoch: 0).filter {
        !$0.blocks.joined().isEmpty
      } ?? []

    var longest = 1
    var selected = 1
    for (rows, batches) in [(examples, batches), (heldOut, validation)] {
      for batch in batches {
        for block in batch.blocks {
          longest = max(longest, block.reduce(0) { $0 + rows[$1].length })
        }
        selected = max(selected, batch.blocks.joined().reduce(0) { $0 + rows[$1].targets })
      }
    }
    (blockLength, blockCount) = chosen.map { shape($0, longest) } ?? (1, 1)
    selectedCapacity = selected
    self.batches = batches
    self.steps = steps
    self.validation = validation
  }

  /// Tokens of all steps.
  func tokens(of examples: [TokenisedExample]) -> Int {
    batches.reduce(0) { sum, batch in
      batch.blocks.joined().reduce(sum) { $0 + examples[$1].length }
    }
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
      var place = room.firstIndex { $0 >= lengths[index] && $0 > 0 }
      if place == nil {
        batches.append(
          BatchPlan.Batch(epoch: epoch, blocks: Array(repeating: [], count: blockCount)))
        room = Array(repeating: blockLength, count: blockCount)
        place = 0
      }
      guard let place else { continue }
      // A row longer than a block is alone in its batch.
      room[place] = max(room[place] - lengths[index], 0)
      batches[batches.count - 1].blocks[place].append(index)
    }
    return batches
  }
}
