import MLOpsCore

/// Evaluates texts in batches, several to each.
actor EmbeddingEngine {
  static let textsPerBatch = 32

  private nonisolated let thread = DedicatedThread(name: "mlops.embedder")
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  private let context: LlamaContext
  private nonisolated let tokenizer: Tokenizer
  private nonisolated let decomposesHangul: Bool

  init(_ model: LlamaModel, shape: LlamaContext.Shape) throws(RuntimeError) {
    context = try LlamaContext(model, adapter: nil, scale: 1, shape: shape)
    tokenizer = model.tokenizer
    decomposesHangul = HangulDecomposition.isNeeded(by: model.file)
  }

  nonisolated func tokens(_ text: String) throws(RuntimeError) -> [Int32] {
    try tokenizer.encode(
      decomposesHangul ? HangulDecomposition.decompose(text) : text, addSpecial: true)
  }

  func embed(_ texts: [String]) async throws -> [[Float]] {
    var vectors: [[Float]] = []
    vectors.reserveCapacity(texts.count)
    var pending: [[Int32]] = []
    var room = context.batch.capacity
    for text in texts {
      let tokens = try tokens(text)
      guard tokens.count <= context.batch.capacity else {
        throw RuntimeError.promptTooLong(tokens: tokens.count, limit: context.batch.capacity)
      }
      guard !tokens.isEmpty else { throw RuntimeError.invalidRequest(reason: "a text is empty") }
      if tokens.count > room || pending.count == Self.textsPerBatch {
        vectors += try evaluate(pending)
        pending = []
        room = context.batch.capacity
        try _Concurrency.Task.checkCancellation()
        await _Concurrency.Task.yield()
      }
      pending.append(tokens)
      room -= tokens.count
    }
    return vectors + (try evaluate(pending))
  }

  private func evaluate(_ texts: [[Int32]]) throws -> [[Float]] {
    guard !texts.isEmpty else { return [] }
    context.clear()
    context.batch.removeAll()
    for (sequence, tokens) in texts.enumerated() {
      for (position, token) in tokens.enumerated() {
        context.batch.add(token, position: position, sequence: sequence, wantsLogits: true)
      }
    }
    try context.decode()
    return try texts.indices.map { sequence in
      guard let vector = context.embedding(sequence: sequence) else {
        throw RuntimeError.decodeFailed(reason: "text \(sequence) of the batch has no embedding")
      }
      return try Self.unit(vector)
    }
  }

  /// The vector divided by its length.
  private static func unit(_ vector: [Float]) throws(RuntimeError) -> [Float] {
    let length = vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    guard length.isFinite, length > 0 else { throw .notFinite }
    return vector.map { Float(Double($0) / length) }
  }
}
