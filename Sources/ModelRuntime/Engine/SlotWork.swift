/// What a request wants of the slot it has: which tokens to evaluate next, and what to do with logits.
///
/// Used on the engine's thread only.
protocol SlotWork: AnyObject {
  /// The tokens to begin with, and the first position whose logits are wanted.
  var start: Feed { get }
  /// Whether nobody waits for the result any more.
  var isCancelled: Bool { get }
  /// Takes the logits after the token at `position`, in order of position.
  func receive(_ logits: UnsafeBufferPointer<Float>, position: Int) throws
  /// What comes after everything fed was evaluated.
  func advance() throws -> Step
  func fail(_ error: any Error)
}

/// The tokens a sequence is to consist of.
struct Feed {
  /// At least one.
  var tokens: [Int32]
  /// From this position on logits are wanted; below `tokens.count`.
  var logitsFrom: Int
}

enum Step {
  /// One token more, whose logits are wanted.
  case append(Int32)
  /// The slot is free.
  case finished
}

/// A sequence of the KV cache, and who uses it.
struct Slot {
  /// What lies in the cache; also what is left there by the last request, for the next to use.
  var cached: [Int32] = []
  var feed = Feed(tokens: [], logitsFrom: 0)
  var work: (any SlotWork)?
  /// The step in which the slot was last used.
  var lastUsed = 0

  /// How many tokens at the start of `tokens` are in the cache already.
  func common(with tokens: [Int32]) -> Int {
    zip(cached, tokens).prefix { $0 == $1 }.count
  }
}
