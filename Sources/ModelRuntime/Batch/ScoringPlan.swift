import MLOpsCore

/// One tree of tokens to evaluate: what all texts have in common, and how each goes on; with what is
/// to be scored of them.
struct ScoringPlan {
  struct Text {
    let tokens: [Int32]
    /// The first token that is scored; at least 1.
    let first: Int
  }

  let texts: [Text]
  /// What all texts begin with. The last token of a text is never evaluated: the logits of a token
  /// tell how likely the next one is.
  let root: [Int32]
  /// The first position whose logits are wanted.
  let logitsFrom: Int

  /// - Parameter texts: at least one.
  init(_ texts: [Text]) {
    self.texts = texts
    var root = Array(texts.first?.tokens.dropLast() ?? [])
    for text in texts.dropFirst() {
      let common = zip(root, text.tokens.dropLast()).prefix { $0 == $1 }.count
      root.removeLast(root.count - common)
    }
    self.root = root
    logitsFrom = texts.map { $0.first - 1 }.min() ?? 0
  }

  /// The tokens of a text that are evaluated after the root.
  func branch(_ text: Int) -> ArraySlice<Int32> {
    texts[text].tokens.dropLast().dropFirst(root.count)
  }

  /// How many tokens are evaluated where nothing is there yet.
  var tokenCount: Int { texts.indices.reduce(root.count) { $0 + branch($1).count } }

  /// Texts that go on after the root, in groups that are evaluated beside each other. The groups are
  /// a function of the plan alone, so that its numbers are too.
  var groups: [[Int]] {
    var groups: [[Int]] = []
    var cells = 0
    for text in texts.indices where !branch(text).isEmpty {
      let count = branch(text).count
      if let last = groups.last, cells + count <= Self.groupCells, last.count < Self.groupTexts {
        groups[groups.count - 1].append(text)
        cells += count
      } else {
        groups.append([text])
        cells = count
      }
    }
    return groups
  }

  /// The most tokens that lie in the KV cache at once.
  var cells: Int {
    let widest = groups.map { $0.reduce(0) { $0 + branch($1).count } }.max() ?? 0
    return root.count + widest
  }

  static let groupCells = 512
  static let groupTexts = 63
}

extension ScoringPlan {
  /// Splits continuations off their context.
  ///
  /// A text and its continuation are split into tokens together, as a model reads them, and what is
  /// scored begins where their tokens leave those of the context alone. White space at the end of the
  /// context counts to the continuation, for most tokenisers keep a space with the word after it. Where
  /// the border falls inside a token, the request's `border` says what is scored; where nothing would be
  /// left by counting, the whole token counts to the continuation after all.
  ///
  /// After a conversation the continuation has tokens of its own, as an answer that is trained or
  /// generated: the template's last token and the answer's first never become one.
  ///
  /// - Parameter limit: tokens that a text may have.
  /// - Throws: `runtime.prompt_too_long`, `runtime.invalid_request` and those of the chat template.
  init(_ request: ScoringRequest, _ tokenizer: Tokenizer, limit: Int) throws(RuntimeError) {
    guard !request.continuations.isEmpty else {
      throw .invalidRequest(reason: "there are no continuations")
    }
    var texts: [Text] = []
    switch request.input {
    case .chat(let messages):
      let context = try tokenizer.encode(messages)
      for continuation in request.continuations {
        let tokens = context + (try tokenizer.encode(continuation))
        texts.append(Text(tokens: tokens, first: context.count))
      }
    case .text(let context):
      let border = context.trimmingTrailingSpace
      let alone = try tokenizer.encode(border, addSpecial: true, parseSpecial: true)
      for continuation in request.continuations {
        let tokens = try tokenizer.encode(
          context + continuation, addSpecial: true, parseSpecial: true)
        let common = zip(alone, tokens).prefix { $0 == $1 }.count
        let counts = request.border == .count && tokens.count > alone.count
        texts.append(
          counts
            ? Text(tokens: alone + tokens.dropFirst(alone.count), first: alone.count)
            : Text(tokens: tokens, first: common))
      }
    }
    for (index, text) in texts.enumerated() {
      guard !request.continuations[index].isEmpty, text.tokens.count > text.first else {
        throw .invalidRequest(reason: "continuation \(index) is empty")
      }
      if text.first == 0 {
        guard let begin = tokenizer.beginOfText ?? tokenizer.endOfText else {
          throw .invalidRequest(
            reason: "the context is empty and the model has no token to begin with")
        }
        texts[index] = Text(tokens: [begin] + text.tokens, first: 1)
      }
      let count = texts[index].tokens.count
      guard count <= limit else { throw .promptTooLong(tokens: count, limit: limit) }
    }
    self.init(texts)
  }

  /// The windows of a whole text (see `ModelRequest.rolling`).
  ///
  /// - Parameter length: tokens that a window has with the one before its first scored token.
  /// - Throws: `runtime.invalid_request`.
  static func windows(of text: String, _ tokenizer: Tokenizer, length: Int) throws(RuntimeError)
    -> [ScoringPlan]
  {
    let tokens = try tokenizer.encode(text, parseSpecial: true)
    guard !tokens.isEmpty else { throw .invalidRequest(reason: "the text is empty") }
    guard let begin = tokenizer.beginOfText ?? tokenizer.endOfText else {
      throw .invalidRequest(reason: "the model has no token that a text could begin with")
    }
    let all = [begin] + tokens
    // `length` tokens are read and so many are scored: those that come after each.
    return stride(from: 1, to: all.count, by: length).map { first in
      let end = min(first + length, all.count)
      let start = max(0, end - 1 - length)
      return ScoringPlan([Text(tokens: Array(all[start..<end]), first: first - start)])
    }
  }
}

extension String {
  fileprivate var trimmingTrailingSpace: String {
    var scalars = unicodeScalars
    while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
    return String(scalars)
  }
}
