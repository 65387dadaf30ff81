import MLOpsCore
import ModelRuntime

/// Turns rows into tokens exactly as serving does: prompts are encoded by the same call.
struct ExampleTokeniser {
  let tokenizer: Tokenizer

  /// - Returns: usually one example; more where a later turn re-renders the earlier ones; of a pair
  ///   the chosen and the rejected one.
  func tokenise(_ example: TrainingExample, row: Int) throws -> [TokenisedExample] {
    switch example {
    case .completion(let prompt, let completion):
      return [try draft(of: completion, after: prompt).finished(row: row)]
    case .conversation(let messages):
      return try drafts(of: messages).map { $0.finished(row: row) }
    case .text(let text):
      return [try draft(of: text).finished(row: row)]
    case .pair(let chosen, let rejected):
      return [
        try tokenise(chosen, isGood: true, row: row),
        try tokenise(rejected, isGood: false, row: row),
      ]
    case .judged(let answer, let isGood):
      return [try tokenise(answer, isGood: isGood, row: row)]
    }
  }

  /// One judged answer, which must be one text: its likelihood is compared as a whole.
  private func tokenise(_ answer: PromptedAnswer, isGood: Bool, row: Int) throws
    -> TokenisedExample
  {
    let draft: Draft?
    switch answer {
    case .text(let prompt, let text): draft = try self.draft(of: text, after: prompt)
    case .turns(let prompt, let turns):
      let drafts = try drafts(of: prompt + turns, from: prompt.count)
      guard drafts.count <= 1 else {
        throw TrainingError.malformedExample(
          row: row,
          reason: "an answer has several turns of the assistant, and the model's chat template "
            + "writes the earlier ones anew after each")
      }
      draft = drafts.first
    }
    return (draft ?? Draft(context: [], answer: [])).finished(row: row, isGood: isGood)
  }

  /// All of a text, control tokens in it included, and its end.
  private func draft(of text: String) throws -> Draft {
    guard !text.isEmpty else { return Draft(context: [], answer: []) }
    var tokens = try tokenizer.encode(text, addSpecial: true, parseSpecial: true)
    if let end = tokenizer.endOfText ?? tokenizer.endOfTurn, tokens.last != end {
      tokens.append(end)
    }
    return Draft(context: Array(tokens.prefix(1)), answer: Array(tokens.dropFirst()))
  }

  private func draft(of completion: String, after prompt: String) throws -> Draft {
    let context = try tokenizer.encode(prompt, addSpecial: true, parseSpecial: true)
    var answer = try tokenizer.encode(completion)
    if !answer.isEmpty, let end = tokenizer.endOfText ?? tokenizer.endOfTurn {
      answer.append(end)
    }
    return Draft(context: context, answer: answer)
  }

  /// - Parameter first: the first turn that is learned if it is the assistant's.
  private func drafts(of messages: [ChatMessage], from first: Int = 1) throws -> [Draft] {
    var drafts: [Draft] = []
    for (index, message) in messages.enumerated() where message.role == .assistant {
      guard index >= max(first, 1) else { continue }
      let before = Array(messages[..<index])
      let context = try tokenizer.encode(before, addAssistantPrefix: true)
      let (answer, rest) = try self.answer(message, after: before)
      if var last = drafts.last, context.starts(with: last.tokens) {
        last.append(context: context.dropFirst(last.tokens.count), answer: answer, rest: rest)
        drafts[drafts.count - 1] = last
      } else {
        drafts.append(Draft(context: context, answer: answer, rest: rest))
      }
    }
    return drafts
  }

  /// What an assistant's turn is made of: what it shall learn to say, up to the token that ends it,
  /// and what the template writes after that.
  private func answer(_ message: ChatMessage, after before: [ChatMessage]) throws
    -> (answer: [Int32], rest: [Int32])
  {
    let opened = try tokenizer.applyChatTemplate(before, addAssistantPrefix: true)
    let closed = try tokenizer.applyChatTemplate(before + [message], addAssistantPrefix: false)
    var closing: [Int32] = []
    let turn = closed.utf8.dropFirst(opened.utf8.count)
    if closed.utf8.starts(with: opened.utf8), turn.starts(with: message.content.utf8) {
      let text = String(Substring(turn.dropFirst(message.content.utf8.count)))
      closing = try tokenizer.encode(text, parseSpecial: true)
    }
    let content = try tokenizer.encode(message.content)
    guard let end = closing.firstIndex(where: { tokenizer.endsGeneration($0) }) else {
      // The template closes turns in no way we can see: the model must still learn to stop.
      let end = tokenizer.endOfTurn ?? tokenizer.endOfText
      return (content + (end.map { [$0] } ?? []), [])
    }
    return (content + closing[...end], Array(closing[(end + 1)...]))
  }
}

/// Tokens so far, and which of them are to be learned.
private struct Draft {
  var tokens: [Int32] = []
  var isAnswer: [Bool] = []

  init(context: [Int32], answer: [Int32], rest: [Int32] = []) {
    append(context: context[...], answer: answer, rest: rest)
  }

  mutating func append(context: ArraySlice<Int32>, answer: [Int32], rest: [Int32]) {
    tokens += context + answer + rest
    isAnswer += Array(repeating: false, count: context.count)
    isAnswer += Array(repeating: true, count: answer.count)
    isAnswer += Array(repeating: false, count: rest.count)
  }

  /// Without what comes after the last token to be learned.
  func finished(row: Int, isGood: Bool = true) -> TokenisedExample {
    let end = isAnswer.lastIndex(of: true).map { $0 + 1 } ?? tokens.count
    return TokenisedExample(
      row: row, tokens: Array(tokens[..<end]), isAnswer: Array(isAnswer[..<end]),
      isGood: isGood)
  }
}
