import ModelRuntime

extension TrainingMemory {
  /// Of kernels that train all weights of a model.
  ///
  /// - Parameter sizes: of the model; its layout of adapters is empty.
  init(full layout: FullLayout, _ sizes: Sizes, element: GraphElement) {
    self.init(dense: sizes, weights: WeightPlan(sizes.file, element: element), .mapped)
    let elements = Int64(layout.shape.count)
    // The weights, and the copy in the element of products where that is another.
    weights = elements * (element == .f32 ? 4 : 4 + Int64(element.size))
    // Gradient, two moments; for a checkpoint a copy of three, once as numbers and once as the bytes
    // of the file.
    optimiser = elements * (3 * 4 + 2 * 3 * 4 + (sizes.keepsBest ? 2 * 4 : 0))
    // Of each row: the gradient, the loss and the normaliser; of each thread: a tile's gradient.
    vocabulary += Int64(sizes.threads) * Int64(256 * 1024 * (4 + element.size))
  }
}
