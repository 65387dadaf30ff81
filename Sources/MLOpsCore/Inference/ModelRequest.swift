/// One thing to ask a model.
public enum ModelRequest: Sendable, Hashable {
  /// A text that continues a prompt.
  case generate(GenerationRequest)
  /// ln p of each continuation after a context.
  case score(ScoringRequest)
  /// ln p of a whole text, in windows as long as the context.
  ///
  /// The first window begins with the token that texts begin with (where a model has none, with the
  /// one that texts end with), which is not scored; each further one with the last token of the window
  /// before, and the last window reaches back as far as the context allows. So every token is
  /// predicted once.
  case rolling(text: String)
}

/// A context and what may come after it.
public struct ScoringRequest: Sendable, Hashable {
  /// Turns up to the beginning of the assistant's answer, or a text as it is.
  public var input: GenerationRequest.Input
  /// At least one; none may be empty.
  public var continuations: [String]
  /// What is scored where a token holds the end of a text and the beginning of its continuation.
  public var border: Border

  /// Where a continuation begins among the tokens of a text, which are made of both together. After a
  /// conversation each has tokens of its own, and both ways are one.
  public enum Border: String, Sendable, Hashable, CaseIterable {
    /// A token on both sides belongs to the continuation: all that the model reads is the text.
    case token
    /// The context keeps the tokens that it has alone, and as many of the whole text's are left out: so
    /// counts lm-evaluation-harness. The model then reads another text where tokens lie on both sides.
    case count
  }

  public init(
    input: GenerationRequest.Input, continuations: [String], border: Border = .token
  ) {
    self.input = input
    self.continuations = continuations
    self.border = border
  }
}

/// What a model answered; the case is that of the request.
public enum ModelAnswer: Sendable, Hashable {
  case generated(Generation)
  /// One for each continuation, in order.
  case scores([ContinuationScore])
  /// Of all tokens of the text.
  case rolling(ContinuationScore)
}

/// When what of an answer was there, and how much of the prompt had to be read for it.
public struct ModelTimings: Sendable, Hashable {
  /// Seconds from when the request began to be worked on to the first token, or to the scores.
  public var firstToken: Double
  /// Seconds between each further token and the one before; empty for scores.
  public var tokenSeconds: [Double]
  /// Seconds from the beginning of the work to its end.
  public var total: Double
  /// Tokens before the answer; of scores all tokens that were given to the model, each once.
  public var promptTokens: Int
  /// How many of `promptTokens` were not evaluated, because a request before began alike.
  public var sharedTokens: Int

  public init(
    firstToken: Double, tokenSeconds: [Double] = [], total: Double, promptTokens: Int,
    sharedTokens: Int = 0
  ) {
    self.firstToken = firstToken
    self.tokenSeconds = tokenSeconds
    self.total = total
    self.promptTokens = promptTokens
    self.sharedTokens = sharedTokens
  }
}

/// Why a model cannot answer a kind of request at all.
public enum InferenceError: Failure, Equatable {
  /// `what` completes "The model cannot …".
  case unsupported(what: String)

  public var code: String { "core.request_unsupported" }
  public var kind: FailureKind { .invalidInput }
  public var message: String {
    switch self {
    case .unsupported(let what): "The model cannot \(what)."
    }
  }
  public var advice: String? { "Ask a model that runs in this process, or send plain text." }
}
