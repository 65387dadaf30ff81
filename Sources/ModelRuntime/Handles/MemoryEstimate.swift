import SystemPackage

/// What a model will take, estimated before it is loaded.
public struct MemoryEstimate: Sendable, Hashable {
  /// Bytes of the weights.
  public let weights: Int64
  /// Bytes of keys and values of all sequences.
  public let cache: Int64
  /// Bytes of intermediate results of one batch and of the logits it yields.
  public let working: Int64

  public var total: Int64 { weights + cache + working }

  /// Estimates from the metadata alone.
  init(_ file: GGUFFile, adapter: GGUFFile?, shape: LlamaContext.Shape) {
    let summary = file.summary
    let width = Int64(summary.embeddingLength ?? 0)
    let blocks = Int64(summary.blockCount ?? 0)
    let heads = Int64(max(1, summary.headCount ?? 1))
    let groups = Int64(summary.headCountKV ?? Int(heads))
    let architecture = summary.architecture
    let head = Int64(file["\(architecture).attention.key_length"]?.int ?? Int(width / heads))
    let feedForward = Int64(file["\(architecture).feed_forward_length"]?.int ?? Int(4 * width))
    let vocabulary = Int64(summary.vocabularySize ?? 0)
    let tokens = Int64(shape.cells)
    weights = file.size + (adapter?.size ?? 0)
    cache = 2 * blocks * tokens * groups * head * shape.cache.width
    // Activations of a block, the attention scores, and the logits of the sequences, as F32.
    let batch = Int64(shape.batch)
    working =
      4 * batch * (8 * width + 3 * feedForward + heads * Int64(min(shape.context, 4096)))
      + 4 * (Int64(shape.sequences) + batch) * vocabulary
  }

  /// - Throws: `runtime.not_enough_memory`.
  func check(_ file: GGUFFile, available: Int64? = MachineMemory.available) throws(RuntimeError) {
    guard let available, total > available else { return }
    throw .notEnoughMemory(
      path: file.path.string, weights: weights, cache: cache, working: working,
      available: available)
  }

  /// As `check`, for a context more of a model that is loaded.
  ///
  /// - Throws: `runtime.not_enough_memory`.
  func checkBesideWeights(
    _ file: GGUFFile, available: Int64? = MachineMemory.available
  ) throws(RuntimeError) {
    guard let available, cache + working > available else { return }
    throw .notEnoughMemory(
      path: file.path.string, weights: 0, cache: cache, working: working, available: available)
  }
}
