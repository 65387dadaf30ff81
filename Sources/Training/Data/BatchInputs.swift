import ModelRuntime

/// The device side of a batch, and how it is filled.
struct BatchInputs {
  let decoder: DecoderInputs
  /// I32 `[selected]`, see `Tape.crossEntropy`.
  let targets: GraphTensor
  /// `[1, selected]`; they sum to 1, so that the loss is the mean over answer tokens.
  let weights: GraphTensor
  private let arena: TensorArena
  private let blockLength: Int
  private let vocabulary: Int

  init(
    blockLength: Int, blockCount: Int, selected: Int, vocabulary: Int, on backend: ComputeBackend
  )
    throws
  {
    self.blockLength = blockLength
    self.vocabulary = vocabulary
    let tokens = TensorShape(blockLength * blockCount)
    arena = try TensorArena(capacity: 6, on: backend)
    decoder = DecoderInputs(
      tokens: try arena.tensor(tokens, .i32, name: "tokens"),
      positions: try arena.tensor(tokens, .i32, name: "positions"),
      mask: try arena.tensor(TensorShape(blockLength, blockLength, 1, blockCount), name: "mask"),
      selected: try arena.tensor(TensorShape(selected), .i32, name: "selected"))
    targets = try arena.tensor(TensorShape(selected), .i32, name: "targets")
    weights = try arena.tensor(TensorShape(1, selected), name: "weights")
    try arena.allocate()
  }

  /// Writes one batch.
  ///
  /// - Parameter total: the tokens that carry loss in all batches of the step; nil for this one's.
  /// - Returns: how many positions hold a token and how many of them carry loss.
  @discardableResult
  func fill(_ batch: BatchPlan.Batch, from examples: [TokenisedExample], total: Int? = nil) throws
    -> (tokens: Int, targets: Int)
  {
    let places = decoder.tokens.shape.count
    var tokens = [Int32](repeating: 0, count: places)
    var positions = [Int32](repeating: 0, count: places)
    var mask = [Float](repeating: -.infinity, count: decoder.mask.shape.count)
    var selected: [Int32] = []
    var targetPlaces: [Int32] = []
    var used = 0
    for (blockIndex, block) in batch.blocks.enumerated() {
      var start = 0
      for example in block.lazy.map({ examples[$0] }) {
        for offset in 0..<example.length {
          let place = blockIndex * blockLength + start + offset
          tokens[place] = example.tokens[offset]
          positions[place] = Int32(offset)
          allow(&mask, query: place, from: start, through: start + offset)
          if example.isAnswer[offset + 1] {
            targetPlaces.append(
              Int32(selected.count * vocabulary) + example.tokens[offset + 1])
            selected.append(Int32(place))
          }
        }
        start += example.length
        used += example.length
      }
      // Padding looks at itself only: a row of nothing but −∞ would have no softmax.
      for place in start..<blockLength {
        allow(&mask, query: blockIndex * blockLength + place, from: place, through: place)
      }
    }
    let count = selected.count
    let capacity = weights.shape.count
    guard count <= capacity else {
      throw GraphError.countMismatch(tensor: "selected", expected: capacity, found: count)
    }
    for padding in count..<capacity {
      selected.append(0)
      targetPlaces.append(Int32(padding * vocabulary))
    }
    try decoder.tokens.write(tokens)
    try decoder.positions.write(positions)
    try decoder.mask.write(mask)
    try decoder.selected.write(selected)
    try targets.write(targetPlaces)
    try weights.write(
      [Float](repeating: 1 / Float(max(total ?? count, 1)), count: count)
        + [Float](repeating: 0, count: capacity - count))
    return (used, count)
  }

  private func allow(_ mask: inout [Float], query: Int, from first: Int, through last: Int) {
    let row = query * blockLength
    mask.withUnsafeMutableBufferPointer {
      $0[row + first...row + last].update(repeating: 0)
    }
  }
}
