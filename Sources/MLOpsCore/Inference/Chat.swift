/// One turn of a conversation.
public struct ChatMessage: Sendable, Hashable {
  public enum Role: String, Sendable, CaseIterable { case system, user, assistant }

  public let role: Role
  public let content: String

  public init(role: Role, content: String) {
    self.role = role
    self.content = content
  }
}

/// How the next token is chosen.
public struct Sampling: Sendable, Hashable {
  /// 0 is greedy; at most 5.
  public var temperature: Double
  /// 0 < topP ≤ 1; 1 is off.
  public var topP: Double
  /// 0 is off.
  public var topK: Int
  /// The same seed, prompt and release give the same text.
  public var seed: UInt32

  public init(temperature: Double = 0, topP: Double = 1, topK: Int = 0, seed: UInt32 = 0) {
    self.temperature = temperature
    self.topP = topP
    self.topK = topK
    self.seed = seed
  }

  /// Always the likeliest token.
  public static let greedy = Sampling()
}

/// What to continue, and when to stop.
public struct GenerationRequest: Sendable, Hashable {
  public enum Input: Sendable, Hashable {
    /// Turns, put into the model's own chat template.
    case chat([ChatMessage])
    /// Text as it is.
    case text(String)
  }

  public var input: Input
  /// At least 1.
  public var maxTokens: Int
  public var sampling: Sampling
  /// The text ends before the first of these; none is part of the output.
  public var stop: [String]
  /// Whether the likelihood of every generated token is wanted too.
  public var wantsLikelihoods: Bool
  /// A grammar in GBNF, the notation of llama.cpp (without `<token>`), that the text follows from its
  /// rule `root`; a text that is complete in it and cannot go on ends. A model that cannot be bound to
  /// one ignores it. `JSONSchemaGrammar` writes one of a JSON Schema.
  public var grammar: String?

  public init(
    input: Input, maxTokens: Int = 256, sampling: Sampling = .greedy, stop: [String] = [],
    wantsLikelihoods: Bool = false, grammar: String? = nil
  ) {
    self.input = input
    self.maxTokens = maxTokens
    self.sampling = sampling
    self.stop = stop
    self.wantsLikelihoods = wantsLikelihoods
    self.grammar = grammar
  }
}

/// Why a generation ended.
public enum FinishReason: String, Sendable {
  /// The model ended its turn, or a stop string came.
  case stop
  /// `maxTokens` or the context was reached.
  case length
}

/// What a generation cost.
public struct TokenUsage: Sendable, Hashable {
  public var promptTokens: Int
  public var completionTokens: Int

  public init(promptTokens: Int, completionTokens: Int) {
    self.promptTokens = promptTokens
    self.completionTokens = completionTokens
  }
}

/// One event of a streamed generation.
public enum GenerationEvent: Sendable, Hashable {
  /// The next piece of text: always whole Unicode scalars, never empty.
  case text(String)
  /// The last event.
  case finished(FinishReason, TokenUsage)
}

/// A finished generation.
public struct Generation: Sendable, Hashable {
  public let text: String
  public let reason: FinishReason
  public let usage: TokenUsage
  /// ln p of each generated token, and of the one that ended the turn, where the request wanted them
  /// and the model tells: as the model has it, before temperature, top-k, top-p and grammar.
  public let likelihoods: [Double]?

  /// The sum of `likelihoods`: ln p of the whole answer.
  public var logLikelihood: Double? { likelihoods?.reduce(0, +) }

  public init(
    text: String, reason: FinishReason, usage: TokenUsage, likelihoods: [Double]? = nil
  ) {
    self.text = text
    self.reason = reason
    self.usage = usage
    self.likelihoods = likelihoods
  }
}

/// The log-likelihood of a continuation.
public struct ContinuationScore: Sendable, Hashable {
  /// The sum over the continuation's tokens of ln p, at most 0.
  public let logLikelihood: Double
  /// How many tokens the continuation has.
  public let tokens: Int
  /// Whether greedy decoding would have produced it.
  public let isGreedy: Bool

  public init(logLikelihood: Double, tokens: Int, isGreedy: Bool) {
    self.logLikelihood = logLikelihood
    self.tokens = tokens
    self.isGreedy = isGreedy
  }
}

/// A model that answers; implementations batch concurrent calls.
public protocol LanguageModel: Sendable {
  /// Streams a generation. Cancelling the consuming task stops it within one token.
  func stream(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error>

  /// Scores continuations of one context, in order.
  func score(context: String, continuations: [String]) async throws -> [ContinuationScore]

  /// Answers requests, each once, in any order; what fails is told for its request alone.
  ///
  /// - Parameter deliver: takes the place of a request in the list and its answer; called from any
  ///   thread, one call at a time.
  /// - Throws: `CancellationError`; what ends the whole list, such as too little memory.
  func answer(
    _ requests: [ModelRequest],
    deliver: @Sendable (Int, Result<(ModelAnswer, ModelTimings), any Error>) -> Void
  ) async throws
}

extension LanguageModel {
  /// Generates to the end.
  public func generate(_ request: GenerationRequest) async throws -> Generation {
    var text = ""
    for try await event in stream(request) {
      switch event {
      case .text(let piece): text += piece
      case .finished(let reason, let usage):
        return Generation(text: text, reason: reason, usage: usage)
      }
    }
    // The stream ends without `finished` only when its consumer was cancelled.
    throw CancellationError()
  }
}

/// A model that turns texts into vectors.
public protocol Embedder: Sendable {
  /// The length of a vector.
  var dimension: Int { get }
  /// One unit-length vector for each text, in order.
  func embed(_ texts: [String]) async throws -> [[Float]]
}
