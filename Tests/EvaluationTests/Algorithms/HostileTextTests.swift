import JSON
import Testing

@testable import Evaluation

/// Every algorithm ends, whatever the text, in time that does not grow with its square.
struct HostileTextTests {
  @Test(.timeLimit(.minutes(10)), arguments: HostileText.all.map(\.name))
  func `no text makes an algorithm trap or crawl`(name: String) throws {
    let text = try #require(HostileText.all.first { $0.name == name }?.text)
    let other = "The other text. 다른 글, 1,000."
    for (answer, reference) in [(text, other), (other, text)] {
      for tokenizer in BLEU.Tokenizer.allCases {
        let value = BLEU(tokenizer: tokenizer, lowercase: true)
          .value(answer: answer, references: [reference])
        #expect((0...100).contains(value))
      }
      #expect((0...100).contains(ChrF(wordOrder: 2).value(answer: answer, references: [reference])))
      for units in RougeL.Units.allCases {
        let value = RougeL(units: units).value(answer: answer, references: [reference])
        #expect((0...1).contains(value))
      }
      for tokens in AnswerTokens.allCases {
        #expect(
          (0...1).contains(TokenF1(tokens: tokens).value(answer: answer, references: [reference])))
      }
    }
    let pattern = try BoundedPattern("(\\w+\\s?)+x$")
    #expect(TextAssertion(.contains("없는 말"), foldsCase: true).failure(of: text) != nil)
    #expect(TextAssertion(.matches(pattern)).failure(of: text) != nil)
    #expect(!JSONAssertion([1, 2]).failures(of: text).isEmpty)
    #expect(!RefusalDetector().refuses(text))
    #expect(Perplexity.words(of: text) >= 1)
    let steps = AnswerNormalisation([
      .trim, .form(.nfkc), .lowercase, .foldCase, .stripPunctuation, .collapseWhiteSpace,
    ])
    #expect(steps.applied(to: text) != nil)
    _ = AnswerNormalisation([.number(.last)]).applied(to: text)
    _ = AnswerNormalisation([.choice(["a", "나"])]).applied(to: text)
    #expect(Consistency(measure: .unanimous).value(answers: [text, text]) == 1)
  }

  @Test func `marks are ordered among 128 in a row and no further`() {
    let above = String(repeating: "\u{301}", count: 127)
    let near = UnicodeForm.nfc.applied(to: "e" + above + "\u{323}")
    #expect(near.unicodeScalars.first == "\u{1EB9}")
    let far = UnicodeForm.nfc.applied(to: "e" + above + "\u{301}\u{323}")
    #expect(far.unicodeScalars.last == "\u{323}")
    #expect(far.unicodeScalars.count == 129, "é, 127 marks above and one below")
    // A letter begins a row anew.
    #expect(UnicodeForm.nfc.applied(to: far + "e\u{323}").unicodeScalars.last == "\u{1EB9}")
  }
}
