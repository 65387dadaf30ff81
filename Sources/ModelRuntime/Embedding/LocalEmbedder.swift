public import MLOpsCore
public import SystemPackage

/// A sentence embedder that runs in this process.
public final class LocalEmbedder: Embedder {
  public let model: LlamaModel
  /// Tokens that a text may have, those that the model adds included.
  public let maxTokens: Int
  private let engine: EmbeddingEngine

  /// Checks and loads a model; blocks meanwhile (see `load`).
  ///
  /// - Parameter threads: 1 to 512; nil takes the number of cores.
  public init(modelPath: FilePath, threads: Int? = nil) throws(RuntimeError) {
    let file = try GGUFFile(modelPath)
    let trained = min(file.summary.contextLength ?? 512, 8192)
    let configuration = RuntimeConfiguration(
      contextPerSequence: max(8, trained), slots: 1, threads: threads, batch: max(32, trained))
    var shape = try configuration.shape(for: file)
    shape.embeds = true
    try MemoryEstimate(file, adapter: nil, shape: shape).check(file)
    let model = try LlamaModel(file)
    // One pool of cells for the texts of a batch: together they have at most its tokens.
    shape.sequences = EmbeddingEngine.textsPerBatch
    shape.context = (trained + shape.sequences - 1) / shape.sequences
    engine = try EmbeddingEngine(model, shape: shape)
    maxTokens = trained
    self.model = model
  }

  /// As the initialiser, on a thread of its own.
  public static func load(modelPath: FilePath, threads: Int? = nil) async throws -> LocalEmbedder {
    try await Blocking.run { try LocalEmbedder(modelPath: modelPath, threads: threads) }
  }

  /// The length of a vector.
  public var dimension: Int { model.embeddingLength }

  /// One vector of length 1 for each text, in order.
  ///
  /// - Throws: `runtime.prompt_too_long` for a text of more than `maxTokens` tokens,
  ///   `runtime.not_finite`, `runtime.decode_failed`.
  public func embed(_ texts: [String]) async throws -> [[Float]] { try await engine.embed(texts) }

  /// How many tokens a text has for this model.
  public func tokenCount(_ text: String) throws -> Int { try engine.tokens(text).count }
}
