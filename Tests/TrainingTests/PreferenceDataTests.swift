import JSON
import MLOpsCore
import ModelRuntime
import Testing

@testable import Training

/// From rows as TRL writes them to tokens and batches.
@Suite struct PreferenceDataTests {
  private let tokenizer: Tokenizer
  private let subject: ExampleTokeniser

  init() throws {
    tokenizer = try LlamaModel(Reference.path("tiny-llama.gguf"), vocabularyOnly: true).tokenizer
    subject = ExampleTokeniser(tokenizer: tokenizer)
  }

  private static let question = ChatMessage(role: .user, content: "q")
  private static func turns(_ answer: String) -> PromptedAnswer {
    .turns(prompt: [question], answer: [ChatMessage(role: .assistant, content: answer)])
  }

  private func learned(_ example: TokenisedExample) -> String {
    tokenizer.decode(
      zip(example.tokens, example.isAnswer).filter(\.1).map(\.0), special: true)
  }

  @Test(arguments: [
    #"{"prompt": [{"role": "user", "content": "q"}], "chosen": [{"role": "assistant", "content": "a"}], "rejected": [{"role": "assistant", "content": "b"}]}"#,
    // The prompt is what both begin with, also where it is given as text.
    #"{"chosen": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "rejected": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "b"}]}"#,
    #"{"prompt": "q", "chosen": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "rejected": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "b"}]}"#,
  ])
  func `a pair of turns is read, with its prompt or within`(text: String) throws {
    #expect(
      try TrainingExample(row: JSONValue(parsing: text), number: 1, method: .dpo)
        == .pair(chosen: Self.turns("a"), rejected: Self.turns("b")))
  }

  @Test(arguments: [
    (#"{"prompt": "q: ", "chosen": "a", "rejected": "b"}"#, "q: ", "a", "b"),
    (
      #"{"chosen": "the sky is blue", "rejected": "the sky is green"}"#, "the sky is", " blue",
      " green"
    ),
    (#"{"chosen": "yes", "rejected": "yes, but"}"#, "ye", "s", "s, but"),
  ])
  func `a pair of texts is read`(text: String, prompt: String, chosen: String, rejected: String)
    throws
  {
    #expect(
      try TrainingExample(row: JSONValue(parsing: text), number: 1, method: .dpo)
        == .pair(
          chosen: .text(prompt: prompt, answer: chosen),
          rejected: .text(prompt: prompt, answer: rejected)))
  }

  @Test func `a judged answer is read`() throws {
    let text =
      #"{"prompt": [{"role": "user", "content": "q"}], "completion": [{"role": "assistant", "content": "a"}], "label": false}"#
    #expect(
      try TrainingExample(row: JSONValue(parsing: text), number: 1, method: .kto)
        == .judged(Self.turns("a"), isGood: false))
    #expect(
      try TrainingExample(
        row: JSONValue(parsing: #"{"prompt": "q", "completion": "a", "label": true}"#), number: 1,
        method: .kto) == .judged(.text(prompt: "q", answer: "a"), isGood: true))
  }

  @Test(arguments: [
    (#"{"prompt": "q", "chosen": "a", "rejected": "b"}"#, TrainingMethod.Name.sft, "'dpo' learns"),
    (#"{"prompt": "q", "chosen": "a", "rejected": "b"}"#, .kto, "'dpo' learns"),
    (#"{"prompt": "q", "completion": "a", "label": true}"#, .sft, "'kto' learns"),
    (#"{"prompt": "q", "completion": "a", "label": true}"#, .dpo, "'kto' learns"),
    (#"{"prompt": "q", "completion": "a"}"#, .dpo, "'sft' learns"),
    (#"{"prompt": "q", "completion": "a", "label": 1}"#, .kto, "'sft' learns"),
    (#"{"messages": [{"role": "user", "content": "q"}]}"#, .kto, "'sft' learns"),
  ])
  func `a row of another method names the method that fits`(
    text: String, method: TrainingMethod.Name, says: String
  ) throws {
    let row = try JSONValue(parsing: text)
    #expect {
      _ = try TrainingExample(row: row, number: 7, method: method)
    } throws: { error in
      guard let error = error as? TrainingError else { return false }
      return error.code == "training.wrong_method" && error.message.contains(says)
        && error.message.hasPrefix("Row 7 ")
    }
  }

  @Test(arguments: [
    (#"{"prompt": "q", "chosen": "a"}"#, "it has no 'rejected'"),
    (#"{"chosen": "a", "rejected": "b"}"#, "do not begin alike"),
    (#"{"chosen": "", "rejected": ""}"#, "do not begin alike"),
    (#"{"prompt": "q", "chosen": "a", "rejected": "a"}"#, "are the same"),
    (#"{"prompt": "q", "chosen": "a", "rejected": 3}"#, "'rejected' must be"),
    (#"{"chosen": "a", "rejected": [{"role": "user", "content": "q"}]}"#, "both be text"),
    (#"{"prompt": [{"role": "user", "content": "q"}], "chosen": "a", "rejected": "b"}"#, "both be"),
    (#"{"prompt": "q", "chosen": [], "rejected": []}"#, "must be a list of turns"),
    (#"{"x": 1}"#, "it has no 'chosen'"), ("[1]", "a row must be an object; found a list"),
    (#"{"prompt": "q", "chosen": "a", "rejcted": "b"}"#, "did you mean it by 'rejcted'?"),
  ])
  func `a pair that is none is refused and says why`(text: String, reason: String) throws {
    let row = try JSONValue(parsing: text)
    #expect {
      _ = try TrainingExample(row: row, number: 7, method: .dpo)
    } throws: { error in
      (error as? TrainingError)?.message.contains(reason) == true
    }
  }

  @Test func `of a judged answer only the answer counts, not what the assistant said before`()
    throws
  {
    let prompt = [
      ChatMessage(role: .user, content: "a"), ChatMessage(role: .assistant, content: "before"),
      ChatMessage(role: .user, content: "c"),
    ]
    let answer = PromptedAnswer.turns(
      prompt: prompt, answer: [ChatMessage(role: .assistant, content: "d")])
    let example = try #require(
      try subject.tokenise(.judged(answer, isGood: false), row: 1).first)
    #expect(learned(example) == "d<|im_end|>")
    #expect(!example.isGood)
    let served = try tokenizer.encode(prompt, addAssistantPrefix: true)
    #expect(Array(example.tokens.prefix(served.count)) == served)
  }

  @Test func `a pair becomes the chosen and the rejected sample, as SFT would have them`() throws {
    let pair = try subject.tokenise(
      .pair(chosen: Self.turns("a"), rejected: Self.turns("bb")), row: 3)
    #expect(pair.map(\.isGood) == [true, false])
    for (example, text) in zip(pair, ["a", "bb"]) {
      let alone = try subject.tokenise(
        .conversation([Self.question, ChatMessage(role: .assistant, content: text)]), row: 3)
      #expect(example.tokens == alone.first?.tokens)
      #expect(example.isAnswer == alone.first?.isAnswer)
    }
  }

  private func examples(_ lengths: [Int]) -> [TokenisedExample] {
    lengths.enumerated().map { index, length in
      TokenisedExample(
        row: index / 2 + 1, tokens: Array(repeating: Int32(index), count: length + 1),
        isAnswer: (0...length).map { $0 > length / 2 })
    }
  }

  private func plan(_ method: TrainingMethod, _ lengths: [Int], batchTokens: Int) -> BatchPlan {
    var configuration = TrainingConfiguration(method: method)
    configuration.batchTokens = batchTokens
    configuration.epochs = 3
    return BatchPlan(packed: examples(lengths), configuration: configuration)
  }

  @Test(arguments: [16, 100, 1000])
  func `a pair is never split, and both sides count`(batchTokens: Int) {
    let lengths = (0..<60).map { 5 + ($0 * 37) % 40 }
    let plan = plan(.dpo(DPOSettings()), lengths, batchTokens: batchTokens)
    let longest = stride(from: 0, to: 60, by: 2).map { lengths[$0] + lengths[$0 + 1] }.max() ?? 0
    for batch in plan.batches {
      let rows = Array(batch.blocks.joined())
      for (one, other) in zip(rows.enumerated(), rows.dropFirst()) where one.offset % 2 == 0 {
        #expect(one.element % 2 == 0 && other == one.element + 1)
      }
      #expect(rows.count % 2 == 0)
      #expect(rows.reduce(0) { $0 + lengths[$1] } <= max(batchTokens, longest))
    }
    for epoch in 1...3 {
      let rows = plan.batches.filter { $0.epoch == epoch }.flatMap { $0.blocks.joined() }
      #expect(rows.sorted() == Array(0..<60))
    }
  }

  @Test func `KTO's batches come again in every epoch, in another order`() {
    let plan = plan(.kto(KTOSettings()), (0..<60).map { 5 + ($0 * 37) % 40 }, batchTokens: 100)
    let epochs = (1...3).map { epoch in
      plan.batches.filter { $0.epoch == epoch }.map { $0.blocks[0] }
    }
    #expect(Set(epochs[0]) == Set(epochs[1]) && Set(epochs[0]) == Set(epochs[2]))
    #expect(epochs[0] != epochs[1])
    #expect(epochs[0].joined().sorted() == Array(0..<60))
  }

  @Test func `a row takes the answer of the one before it, and one alone that of the batch before`()
  {
    let examples = examples([4, 6, 8, 4])
    let batches = [[2, 0, 1], [3]].map { BatchPlan.Batch(epoch: 1, blocks: [$0]) }
    let mismatched = MismatchedAnswers(examples, batches: batches)
    func answers(_ index: Int) -> Set<Int32> {
      let sample = mismatched[index]
      return Set(zip(sample.tokens, sample.isAnswer).filter(\.1).map(\.0))
    }
    #expect((0..<4).map(answers) == [[2], [0], [1], [1]])
    for index in 0..<4 {
      #expect(mismatched[index].tokens.first == Int32(index))
      #expect(mismatched[index].tokens.count <= 9)
      #expect(mismatched[index].tokens.count == mismatched[index].isAnswer.count)
    }
  }
}
