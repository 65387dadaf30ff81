import ModelRuntime

/// The memory of a batch's inputs, and how it is filled.
struct DenseBatchInputs {
  let batch = DenseBatch()
  let decoder: DenseInputs
  /// I32 `[selected]`.
  let targets: GraphTensor
  private let arena: TensorArena

  /// How far local blocks look back; nil where there are none.
  private let window: Int?
  /// How many words the model has.
  private let vocabulary: Int

  /// - Parameters:
  ///   - tokens: the most positions of a batch; `selected`: the most that carry loss.
  init(tokens: Int, selected: Int, for dimensions: DecoderDimensions, on backend: ComputeBackend)
    throws
  {
    window = dimensions.positions.window
    vocabulary = dimensions.vocabulary
    arena = try TensorArena(capacity: 6, on: backend)
    let (rows, chosen) = (TensorShape(tokens), TensorShape(selected))
    decoder = DenseInputs(
      tokens: try arena.tensor(rows, .i32, name: "tokens"),
      positions: try arena.tensor(rows, .i32, name: "positions"),
      starts: try arena.tensor(rows, .i32, name: "starts"),
      windowStarts: try arena.tensor(rows, .i32, name: "window_starts"),
      selected: try arena.tensor(chosen, .i32, name: "selected"))
    targets = try arena.tensor(chosen, .i32, name: "targets")
    try arena.allocate()
  }

  /// Writes samples side by side.
  func fill(_ samples: [TokenisedExample]) throws {
    let (capacity, chosen) = (decoder.tokens.shape.count, targets.shape.count)
    var tokens: [Int32] = []
    var positions: [Int32] = []
    var starts: [Int32] = []
    var windowStarts: [Int32] = []
    var selected: [Int32] = []
    var goals: [Int32] = []
    for sample in samples {
      let start = Int32(tokens.count)
      for offset in 0..<sample.length {
        if sample.isAnswer[offset + 1] {
          selected.append(Int32(tokens.count))
          goals.append(sample.tokens[offset + 1])
        }
        tokens.append(sample.tokens[offset])
        positions.append(Int32(offset))
        starts.append(start)
        windowStarts.append(start + Int32(max(0, offset + 1 - (window ?? .max))))
      }
    }
    guard tokens.count <= capacity, selected.count <= chosen else {
      throw GraphError.countMismatch(tensor: "tokens", expected: capacity, found: tokens.count)
    }
    guard (tokens + goals).allSatisfy({ (0..<Int32(vocabulary)).contains($0) }) else {
      throw TrainingError.unusableBase(
        reason: "its tokeniser has words beyond the \(vocabulary) of its embedding")
    }
    batch.tokens = tokens.count
    batch.selected = selected.count
    func padded(_ values: [Int32], _ count: Int) -> [Int32] {
      values + [Int32](repeating: 0, count: count - values.count)
    }
    try decoder.tokens.write(padded(tokens, capacity))
    try decoder.positions.write(padded(positions, capacity))
    try decoder.starts.write(padded(starts, capacity))
    try decoder.windowStarts.write(padded(windowStarts, capacity))
    try decoder.selected.write(padded(selected, chosen))
    try targets.write(padded(goals, chosen))
  }
}
