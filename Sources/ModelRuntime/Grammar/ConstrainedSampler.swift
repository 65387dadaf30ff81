/// Chooses tokens that a grammar allows.
///
/// What the sampler would choose anyway is taken where the grammar allows it; else it chooses again
/// among all tokens that are allowed. So a text that the model writes well-formed by itself costs one
/// look at each of its tokens. Greedy decoding takes the likeliest token that is allowed.
struct ConstrainedSampler {
  private var sampler: TokenSampler
  private let matcher: GrammarMatcher?
  private let tokenizer: Tokenizer

  init(_ sampler: TokenSampler, _ matcher: GrammarMatcher?, _ tokenizer: Tokenizer) {
    self.sampler = sampler
    self.matcher = matcher
    self.tokenizer = tokenizer
  }

  /// Whether the text is complete, and nothing can follow.
  var mustEnd: Bool { matcher?.mustEnd ?? false }

  /// - Throws: `runtime.not_finite`; `runtime.grammar_stuck` where no token can follow.
  mutating func choose(_ logits: UnsafeBufferPointer<Float>) throws(RuntimeError) -> Int32 {
    let chosen = try sampler.choose(logits)
    guard let matcher else { return chosen }
    if try allows(chosen, matcher) {
      try matcher.accept(chosen)
      return chosen
    }
    var allowed = Array(logits)
    var isStuck = true
    for token in 0..<Int32(logits.count) {
      if try allows(token, matcher), logits[Int(token)] > -.infinity {
        isStuck = false
      } else {
        allowed[Int(token)] = -.infinity
      }
    }
    guard !isStuck else { throw .grammarStuck }
    let other = try choose(among: allowed)
    try matcher.accept(other)
    return other
  }

  private mutating func choose(among logits: [Float]) throws(RuntimeError) -> Int32 {
    // A closure of the array's own method would lose the type of the error.
    let copy = UnsafeMutableBufferPointer<Float>.allocate(capacity: logits.count)
    defer { copy.deallocate() }
    _ = copy.initialize(from: logits)
    return try sampler.choose(UnsafeBufferPointer(copy))
  }

  private func allows(_ token: Int32, _ matcher: GrammarMatcher) throws(RuntimeError) -> Bool {
    tokenizer.endsGeneration(token) ? matcher.mayEnd : try matcher.allows(token)
  }
}
