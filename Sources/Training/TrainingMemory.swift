public import JSON
import ModelRuntime

/// The memory that a training takes, in bytes.
public struct TrainingMemory: Sendable, Hashable {
  /// The base's weights, in the mapped file or converted, and what is being converted.
  public var weights: Int64 = 0
  /// Parameters, their gradient, their copy for products, the optimiser's state and, where the
  /// best is kept, one copy more.
  public var optimiser: Int64 = 0
  /// Intermediate results of a batch, kept for the backward part.
  public var activations: Int64 = 0
  /// What they would take if layers were computed again; nil where that is so or cannot be.
  var recomputedActivations: Int64?
  /// Stretches of the vocabulary, for each thread.
  public var vocabulary: Int64 = 0
  /// The program itself and the rows.
  public var rest: Int64 = 96 << 20

  public var total: Int64 { weights + optimiser + activations + vocabulary + rest }

  /// The memory with layers computed again; nil where that is so or cannot be.
  var recomputing: TrainingMemory? {
    recomputedActivations.map {
      var memory = self
      (memory.activations, memory.recomputedActivations) = ($0, nil)
      return memory
    }
  }

  /// Bytes of each part and `total`.
  public var json: JSONValue {
    [
      "weights": .integer(weights), "optimiser": .integer(optimiser),
      "activations": .integer(activations), "vocabulary": .integer(vocabulary),
      "rest": .integer(rest), "total": .integer(total),
    ]
  }

  /// - Parameter available: bytes; nil where nobody knows, and then everything fits.
  /// - Throws: `TrainingError.notEnoughMemory`.
  func check(available: Int64?) throws(TrainingError) {
    guard let available, total > available else { return }
    throw .notEnoughMemory(self, available: available)
  }
}

extension TrainingMemory {
  /// What the sizes alone say, before anything is loaded.
  struct Sizes {
    let file: GGUFFile
    let dimensions: DecoderDimensions
    let layout: AdapterLayout
    /// Of a batch.
    let tokens: Int
    /// Whose logits are wanted.
    let selected: Int
    let keepsBest: Bool
    let threads: Int
    /// Whether layers are computed again for the backward part.
    var recomputes = false
  }

  /// Of kernels.
  init(dense sizes: Sizes, weights plan: WeightPlan, _ form: WeightForm) {
    let element = plan.element
    weights = plan.bytes(form, threads: sizes.threads)
    setOptimiser(sizes, narrowed: element.size)
    let (dimensions, e) = (sizes.dimensions, element.size)
    let width = dimensions.width
    func outputs(_ modules: TargetModule...) -> Int {
      modules.reduce(0) { $0 + dimensions.shape(of: $1)[1] }
    }
    // What each block keeps of a token: projections, what attention gave, both sums in F32, gate and
    // up, the narrow parts of the adapters, and what norms of heads and of outputs are taken of.
    // Norms of inputs and what gates let through are computed again.
    let attended = outputs(.query, .key, .value)
    let normed =
      (dimensions.architecture.normsHeads ? e * attended : 0)
      + (dimensions.architecture.normsOutputs ? 8 * width : 0)
    let narrow = sizes.layout.entries.count / max(dimensions.blocks, 1) * sizes.layout.rank
    let kept =
      e * (attended + outputs(.query) + 2 * outputs(.gate) + 2 * narrow) + 8 * width + normed
    // What the backward part has in hand at once.
    let passing = 4 * (4 * width + 3 * outputs(.gate) + attended)
    func results(keeping kept: Int) -> Int64 {
      Int64(sizes.tokens) * Int64(kept + passing) + Int64(sizes.selected) * Int64(width * 12)
    }
    // A block's input is one of the sums; of one block everything is in hand.
    let recomputed = results(keeping: 4 * width * dimensions.blocks + kept)
    activations = sizes.recomputes ? recomputed : results(keeping: kept * dimensions.blocks)
    recomputedActivations = sizes.recomputes ? nil : recomputed
    vocabulary = Int64(sizes.threads) * Int64(256 * (1024 * (4 + e) + 4 * width))
  }

  /// Of ggml's own operations: everything in F32, weights in both directions.
  init(graph sizes: Sizes) {
    weights = 8 * sizes.file.tensors.reduce(0) { $0 + $1.elements }
    setOptimiser(sizes, narrowed: 0)
    let dimensions = sizes.dimensions
    let attended = Int64(dimensions.heads) * Int64(sizes.tokens)
    let kept =
      Int64(
        12 * dimensions.width + 4 * dimensions.feedForward
          + 6 * dimensions.head * dimensions.heads) + 2 * attended
    activations = 4 * Int64(sizes.tokens) * kept * Int64(dimensions.blocks)
    vocabulary = 4 * 4 * Int64(sizes.selected) * Int64(dimensions.vocabulary)
  }

  private mutating func setOptimiser(_ sizes: Sizes, narrowed: Int) {
    // Parameters, gradient, two moments; and a copy of three for checkpoints.
    let bytes = 4 * 4 + narrowed + 3 * 4 + (sizes.keepsBest ? 4 : 0)
    optimiser = Int64(sizes.layout.shape.count) * Int64(bytes)
  }
}
