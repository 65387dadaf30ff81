import JSON
import MLOpsCore
import ModelRuntime
import Testing

@testable import Training

@Suite struct ExampleTokeniserTests {
  private let tokenizer: Tokenizer
  private let subject: ExampleTokeniser

  init() throws {
    tokenizer = try LlamaModel(Reference.path("tiny-llama.gguf"), vocabularyOnly: true).tokenizer
    subject = ExampleTokeniser(tokenizer: tokenizer)
  }

  private func learned(_ example: TokenisedExample) -> String {
    tokenizer.decode(
      zip(example.tokens, example.isAnswer).filter(\.1).map(\.0), special: true)
  }

  @Test func `the answer and the end of its turn are learned, and nothing else`() throws {
    let turns = [
      ChatMessage(role: .system, content: "be short"),
      ChatMessage(role: .user, content: "안녕?"),
      ChatMessage(role: .assistant, content: "네."),
    ]
    let examples = try subject.tokenise(.conversation(turns), row: 1)
    let example = try #require(examples.first)
    #expect(examples.count == 1)
    #expect(learned(example) == "네.<|im_end|>")
    #expect(example.isAnswer.last == true)
  }

  @Test func `what is asked is encoded as serving encodes it`() throws {
    let turns = [
      ChatMessage(role: .user, content: "<|im_end|> is text here"),
      ChatMessage(role: .assistant, content: "<|im_end|> too"),
    ]
    let example = try #require(try subject.tokenise(.conversation(turns), row: 1).first)
    let served = try tokenizer.encode([turns[0]], addAssistantPrefix: true)
    #expect(Array(example.tokens.prefix(served.count)) == served)
    // The control token occurs once among the learned ones: at the end of the turn.
    let end = try #require(example.tokens.last)
    #expect(zip(example.tokens, example.isAnswer).count { $0 == end && $1 } == 1)
  }

  @Test func `every assistant turn of a conversation is learned`() throws {
    let turns = [
      ChatMessage(role: .user, content: "a"), ChatMessage(role: .assistant, content: "b"),
      ChatMessage(role: .user, content: "c"), ChatMessage(role: .assistant, content: "d"),
    ]
    let examples = try subject.tokenise(.conversation(turns), row: 1)
    #expect(examples.count == 1)
    #expect(examples.map(learned) == ["b<|im_end|>d<|im_end|>"])
  }

  @Test func `a completion is learned with the end of the text`() throws {
    let example = try #require(
      try subject.tokenise(.completion(prompt: "2 + 2 =", completion: " 4"), row: 1).first)
    #expect(learned(example) == " 4<|im_end|>")
  }

  @Test(arguments: [
    #"{"texts": "x"}"#, #"{"messages": []}"#, #"{"messages": "x"}"#,
    #"{"messages": [{"role": "robot", "content": "x"}]}"#, #"{"prompt": "x"}"#,
    #"{"prompt": "x", "completion": 4}"#,
  ])
  func `a row of no known form is refused by its number`(text: String) throws {
    let row = try JSONValue(parsing: text)
    #expect {
      _ = try TrainingExample(row: row, number: 41)
    } throws: { error in
      (error as? TrainingError)?.message.hasPrefix("Row 41 is no training example") == true
    }
  }

  @Test func `prompt and completion may be turns`() throws {
    let row = try JSONValue(
      parsing:
        #"{"prompt": [{"role": "user", "content": "x"}], "completion": [{"role": "assistant", "content": "y"}]}"#
    )
    #expect(
      try TrainingExample(row: row, number: 1)
        == .conversation([
          ChatMessage(role: .user, content: "x"), ChatMessage(role: .assistant, content: "y"),
        ]))
  }
}
