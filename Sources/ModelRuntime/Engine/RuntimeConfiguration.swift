import Foundation

/// How keys and values are kept between tokens.
public enum CacheType: String, Sendable, Hashable, CaseIterable {
  /// Half the memory; logits differ from exact ones in the third digit.
  case f16
  /// For comparing numbers.
  case f32

  /// Bytes of one value.
  var width: Int64 { self == .f16 ? 2 : 4 }
}

/// How a model is run.
public struct RuntimeConfiguration: Sendable, Hashable {
  /// Tokens that a sequence may have, prompt and answer together; nil takes what the model was
  /// trained with, at most 4096.
  public var contextPerSequence: Int?
  /// How many requests are evaluated together, 1 to 64; more wait for a free slot.
  public var slots: Int
  /// 1 to 512; nil takes what suits the model's size (`ThreadCount`).
  public var threads: Int?
  /// Tokens evaluated in one step, 32 to 8192.
  public var batch: Int
  public var cache: CacheType
  /// Whether what a slot still holds is used again where the next prompt begins alike.
  ///
  /// With one slot and without this, a text depends on its request alone: sums are taken in the same
  /// order whatever was asked before. Sampling needs that to be repeatable to the letter.
  public var reusesPrompts: Bool
  /// Whether `answer` evaluates what requests of one list begin with alike only once. The numbers are
  /// the same bit for bit either way.
  public var sharesPrefixes: Bool
  /// Whether `answer` generates one text at a time, so that not even `slots` has a part in the numbers.
  ///
  /// Else as many rows as there are slots are evaluated in every step, those nobody uses included: the
  /// numbers depend on a request, on the model and on `slots`, and on no other request.
  public var isStrict: Bool

  public init(
    contextPerSequence: Int? = nil, slots: Int = 8, threads: Int? = nil, batch: Int = 512,
    cache: CacheType = .f16, reusesPrompts: Bool = true,
    sharesPrefixes: Bool = true, isStrict: Bool = false
  ) {
    self.contextPerSequence = contextPerSequence
    self.slots = slots
    self.threads = threads
    self.batch = batch
    self.cache = cache
    self.reusesPrompts = reusesPrompts
    self.sharesPrefixes = sharesPrefixes
    self.isStrict = isStrict
  }

  /// - Throws: `runtime.invalid_configuration`.
  func shape(for file: GGUFFile) throws(RuntimeError) -> LlamaContext.Shape {
    guard (1...64).contains(slots) else {
      throw .invalidConfiguration(reason: "slots is \(slots), expected 1 to 64")
    }
    guard (32...8192).contains(batch) else {
      throw .invalidConfiguration(reason: "batch is \(batch), expected 32 to 8192")
    }
    let threads = threads ?? ThreadCount.suited(toBytes: file.size)
    guard (1...512).contains(threads) else {
      throw .invalidConfiguration(reason: "threads is \(threads), expected 1 to 512")
    }
    let context = contextPerSequence ?? min(4096, file.summary.contextLength ?? 512)
    guard (8...(1 << 24)).contains(context) else {
      throw .invalidConfiguration(
        reason: "the context is \(context) tokens, expected 8 to 16777216")
    }
    // A learned table of positions ends; rotary positions merely become unfamiliar.
    if ["gpt2", "bert"].contains(file.summary.architecture), let limit = file.summary.contextLength,
      context > limit
    {
      throw .invalidConfiguration(
        reason: "the context is \(context) tokens, but the model has only \(limit) positions")
    }
    return LlamaContext.Shape(
      context: context, sequences: slots, batch: batch, threads: threads, cache: cache,
      reusesPrompts: reusesPrompts)
  }
}
