import ModelRuntime

/// How a weight is cut that is multiplied tile by tile.
enum WeightTiles {
  /// Numbers of a tile: as many as fit a core's cache, where they are read twice.
  private static let numbers = 1 << 20

  /// Rows at once.
  static func rows(inputs: Int) -> Int { min(max(numbers / inputs / 64, 1) * 64, 1024) }

  /// Columns at once: a multiple of every block.
  static func columns(outputs: Int) -> Int { max(numbers / outputs / 256, 1) * 256 }

  /// The most bytes of one tile of a weight.
  static func bytes(of tensor: GGUFFile.Tensor, _ element: GraphElement) -> Int {
    let (inputs, outputs) = (tensor.dimensions[0], tensor.dimensions[1])
    let forward = min(rows(inputs: inputs), outputs) * inputs
    // The vocabulary's tiles serve both directions.
    let backward =
      tensor.name.hasPrefix("blk.") ? outputs * min(columns(outputs: outputs), inputs) : 0
    return max(forward, backward) * element.size + inputs * 4
  }
}
