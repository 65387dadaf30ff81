/// Evaluates a few tokens apart from any engine, for checks of a model or an adapter. Blocks.
///
/// Keys and values are kept as F32, so that the numbers can be compared with others'.
public struct LogitProbe {
  private let context: LlamaContext

  /// - Parameter limit: how many tokens it takes, 8 to 512.
  /// - Throws: `runtime.load_failed`.
  public init(
    _ model: LlamaModel, adapter: LoRAAdapterHandle? = nil, scale: Float = 1, limit: Int = 64,
    threads: Int = 1
  ) throws(RuntimeError) {
    context = try LlamaContext(
      model, adapter: adapter, scale: scale,
      shape: LlamaContext.Shape(
        context: limit, sequences: 1, batch: limit, threads: threads, cache: .f32))
  }

  /// The logits after each token: `[tokens][vocabulary]`.
  ///
  /// - Throws: `runtime.prompt_too_long`, `runtime.decode_failed`, `runtime.invalid_request`.
  public func logits(_ tokens: [Int32]) throws -> [[Float]] {
    guard tokens.count <= context.batch.capacity else {
      throw RuntimeError.promptTooLong(tokens: tokens.count, limit: context.batch.capacity)
    }
    guard !tokens.isEmpty,
      tokens.allSatisfy({ $0 >= 0 && $0 < context.model.vocabularySize })
    else { throw RuntimeError.invalidRequest(reason: "there are no tokens, or unknown ones") }
    context.clear()
    context.batch.removeAll()
    for (position, token) in tokens.enumerated() {
      context.batch.add(token, position: position, sequence: 0, wantsLogits: true)
    }
    try context.decode()
    return try tokens.indices.map { try context.withLogits($0) { Array($0) } }
  }
}
