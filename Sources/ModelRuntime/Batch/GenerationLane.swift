/// A sequence of the KV cache in which a list's texts are generated, one after the other.
struct GenerationLane {
  /// What is generated here; nil where the lane is idle.
  var item: GenerationBatch.Item?
  /// The chunks of the last prompt that lie in the cache, for others to begin with.
  var chunks: [Int32] = []
  /// How many tokens lie in the cache.
  var count = 0
  /// The token that is evaluated next.
  var next: Int32 = 0

  /// How many tokens of a prompt lie here. A prompt's last chunk is always evaluated, for its logits.
  func common(with prompt: [Int32]) -> Int {
    min(PromptChunk.common(chunks, prompt), PromptChunk.whole(prompt.count - 1))
  }
}
