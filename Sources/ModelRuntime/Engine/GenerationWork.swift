import MLOpsCore

/// Generates one answer, token by token.
final class GenerationWork: SlotWork {
  let start: Feed
  private let tokenizer: Tokenizer
  private let maxTokens: Int
  /// Tokens that prompt and answer may have together.
  private let limit: Int
  private let output: any GenerationOutput
  private let wantsLikelihoods: Bool
  private let cancellation: CancellationFlag
  private var sampler: ConstrainedSampler
  private var text: TextAssembler
  private static let none: Int32 = -1
  private var chosen = GenerationWork.none
  private var completed = 0
  private var likelihoods: [Double] = []

  /// - Throws: `runtime.prompt_too_long`, `runtime.invalid_request`, `runtime.invalid_grammar` and those of
  ///   the chat template.
  init(
    _ request: GenerationRequest, tokenizer: Tokenizer, grammars: GrammarLibrary, limit: Int,
    output: any GenerationOutput,
    cancellation: CancellationFlag
  ) throws(RuntimeError) {
    try request.check()
    let prompt = try tokenizer.prompt(request.input)
    guard !prompt.isEmpty else { throw .invalidRequest(reason: "the prompt is empty") }
    guard prompt.count < limit else {
      throw .promptTooLong(tokens: prompt.count, limit: limit - 1)
    }
    start = Feed(tokens: prompt, logitsFrom: prompt.count - 1)
    self.tokenizer = tokenizer
    maxTokens = request.maxTokens
    self.limit = limit
    self.output = output
    wantsLikelihoods = request.wantsLikelihoods
    self.cancellation = cancellation
    var matcher: GrammarMatcher?
    if let grammar = request.grammar { matcher = try grammars.matcher(grammar) }
    sampler = ConstrainedSampler(TokenSampler(request.sampling), matcher, tokenizer)
    text = TextAssembler(stops: request.stop)
  }

  var isCancelled: Bool { cancellation.isSet }

  func receive(_ logits: UnsafeBufferPointer<Float>, position: Int) throws {
    // Only of a grammar of the empty text; else a text that must end has ended.
    if sampler.mustEnd { return }
    chosen = try sampler.choose(logits)
    if wantsLikelihoods {
      likelihoods.append(try LogSoftmax(logits).logProbability(of: chosen))
    }
  }

  func advance() -> Step {
    if completed == 0, chosen == Self.none { return finish(.stop) }
    if tokenizer.endsGeneration(chosen) { return finish(.stop) }
    completed += 1
    give(text.push(tokenizer.bytes(of: chosen)))
    if text.isStopped || sampler.mustEnd { return finish(.stop) }
    if completed == maxTokens || start.tokens.count + completed >= limit { return finish(.length) }
    return .append(chosen)
  }

  func fail(_ error: any Error) { output.fail(error) }

  private func give(_ piece: String) {
    if !piece.isEmpty { output.give(piece) }
  }

  private func finish(_ reason: FinishReason) -> Step {
    give(text.finish())
    // What was held back at the end of the tokens may have completed a stop string.
    let usage = TokenUsage(promptTokens: start.tokens.count, completionTokens: completed)
    output.finish(
      text.isStopped ? .stop : reason, usage, likelihoods: wantsLikelihoods ? likelihoods : nil)
    return .finished
  }
}

extension Tokenizer {
  /// The tokens of a prompt; empty only where the prompt is and the model has no token to begin with.
  func prompt(_ input: GenerationRequest.Input) throws(RuntimeError) -> [Int32] {
    let tokens =
      switch input {
      case .chat(let messages): try encode(messages)
      // Text is the caller's own, template marks included.
      case .text(let text): try encode(text, addSpecial: true, parseSpecial: true)
      }
    guard tokens.isEmpty, let begin = beginOfText else { return tokens }
    return [begin]
  }
}

extension GenerationRequest {
  /// - Throws: `runtime.invalid_request`.
  fileprivate func check() throws(RuntimeError) {
    guard maxTokens >= 1 else {
      throw .invalidRequest(reason: "max tokens is \(maxTokens), expected at least 1")
    }
    guard (0...5).contains(sampling.temperature) else {
      throw .invalidRequest(reason: "the temperature is \(sampling.temperature), expected 0 to 5")
    }
    guard sampling.topP > 0, sampling.topP <= 1 else {
      throw .invalidRequest(reason: "top-p is \(sampling.topP), expected above 0 and at most 1")
    }
    guard sampling.topK >= 0 else {
      throw .invalidRequest(reason: "top-k is \(sampling.topK), expected at least 0")
    }
  }
}
