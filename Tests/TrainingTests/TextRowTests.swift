import JSON
import ModelRuntime
import Testing

@testable import Training

/// Rows that are a text and nothing else.
@Suite struct TextRowTests {
  private let tokenizer: Tokenizer
  private let subject: ExampleTokeniser

  init() throws {
    tokenizer = try LlamaModel(Reference.path("tiny-llama.gguf"), vocabularyOnly: true).tokenizer
    subject = ExampleTokeniser(tokenizer: tokenizer)
  }

  @Test func `every token but the first is learned, and the end of the text`() throws {
    let row = try TrainingExample(row: ["text": "the 문장", "url": "x"], number: 1)
    #expect(row == .text("the 문장"))
    let example = try #require(try subject.tokenise(row, row: 1).first)
    #expect(tokenizer.decode(example.tokens, special: true) == "the 문장<|im_end|>")
    #expect(example.isAnswer == [false] + Array(repeating: true, count: example.length))
  }

  @Test func `control tokens in a text are themselves, and an end is not doubled`() throws {
    let text = "<|im_start|>user\na<|im_end|>"
    let example = try #require(try subject.tokenise(.text(text), row: 1).first)
    #expect(tokenizer.decode(example.tokens, special: true) == text)
    #expect(example.tokens.count < text.utf8.count - 12)
  }

  @Test func `an empty text teaches nothing`() throws {
    #expect(try subject.tokenise(.text(""), row: 1).allSatisfy { $0.targets == 0 })
  }

  @Test(arguments: [2, 3, 7, 100], TrainingConfiguration.LongRows.allCases)
  func `a text that is too long is cut, and every token is learned once`(
    limit: Int, longRows: TrainingConfiguration.LongRows
  ) throws {
    let reader = RowTokeniser(
      tokeniser: subject, beginOfText: tokenizer.beginOfText, limit: limit, longRows: longRows)
    let rows = [TrainingExample.text("abcdefghijklmnopq"), .text("xy")]
    let whole = try rows.flatMap { try subject.tokenise($0, row: 1) }
    if longRows == .refuse, limit < 18 {
      #expect(throws: TrainingError.self) { try reader.read(rows, isCancelled: { false }) }
      return
    }
    let intake = try reader.read(rows, isCancelled: { false })
    #expect(intake.tooLongRows == [] && intake.truncatedRows == [] && intake.answerlessRows == [])
    #expect(intake.examples.allSatisfy { $0.tokens.count <= limit })
    #expect(
      intake.examples.flatMap { $0.tokens.dropFirst() } == whole.flatMap { $0.tokens.dropFirst() })
    #expect(
      intake.examples.reduce(0) { $0 + $1.targets } == whole.reduce(0) { $0 + $1.targets })
  }

  @Test func `a text is no preference, and an answer is no text`() throws {
    #expect(throws: TrainingError.self) {
      try TrainingExample(row: ["text": "a"], number: 1, method: .dpo)
    }
    #expect(throws: TrainingError.self) { try TrainingExample(row: ["text": 3], number: 1) }
    #expect(throws: TrainingError.self) {
      try TrainingExample(row: ["text": "a", "prompt": "b"], number: 1)
    }
    let row: JSONValue = ["text": "a", "prompt": "b", "completion": "c"]
    #expect(
      try TrainingExample(row: row, number: 1) == .completion(prompt: "b", completion: "c"))
  }
}
