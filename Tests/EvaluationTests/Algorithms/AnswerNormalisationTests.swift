import Testing

@testable import Evaluation

struct AnswerNormalisationTests {
  private func applied(_ steps: AnswerNormalisation.Step..., to text: String) -> String? {
    AnswerNormalisation(steps).applied(to: text)
  }

  @Test func `each step does what it says`() throws {
    #expect(applied(.trim, to: "\u{3000} a b \n") == "a b")
    #expect(applied(.trim, to: " \n") == "")
    #expect(applied(.form(.nfc), to: "\u{1112}\u{1161}\u{11AB}")?.unicodeScalars.count == 1)
    #expect(applied(.form(.nfkc), to: "１２㎏ ㈜") == "12kg (주)")
    #expect(applied(.lowercase, to: "ΣΑΣ Ab") == "σας ab")
    #expect(applied(.foldCase, to: "ΣΑΣ STRASSE") == applied(.foldCase, to: "σας Straße"))
    #expect(applied(.stripPunctuation, to: "“네, 5$!” 『책』") == "네 5 책")
    #expect(applied(.collapseWhiteSpace, to: " a\t\u{A0}b\n") == "a b")
    #expect(applied(.removeWhiteSpace, to: " a b\n") == "ab")
    #expect(applied(.after("####", isRequired: true), to: "1 #### 2 #### 3") == " 3")
    #expect(applied(.after("####", isRequired: true), to: "1") == nil)
    #expect(applied(.after("</think>", isRequired: false), to: "1") == "1")
    #expect(applied(.map(["네": "yes"], otherwise: nil), to: "네") == "yes")
    #expect(applied(.map(["네": "yes"], otherwise: nil), to: "예") == nil)
    #expect(applied(.map(["네": "yes"], otherwise: "no"), to: "예") == "no")
    #expect(applied(to: " as is ") == " as is ")
  }

  @Test func `steps follow one another and stop where there is no answer`() {
    let steps = AnswerNormalisation([
      .after("####", isRequired: false), .form(.nfkc), .number(.last),
      .map(["42": "right"], otherwise: nil),
    ])
    #expect(steps.applied(to: "6 × 7 = 41? #### ４２.0개") == "right")
    #expect(steps.applied(to: "no number") == nil)
  }

  @Test func `numbers are read whatever stands around them`() {
    let last: [(String, String?)] = [
      ("The answer is 42.", "42"), ("$1,250.50", "1250.5"), ("3,500원입니다", "3500"), ("1, 2, 3", "3"),
      ("42%", "42"), ("x = -3", "-3"), ("−7도", "-7"), ("-$5", "-5"), ("$-5", "-5"), ("5-3", "3"),
      ("(2)-1", "1"),
      ("2024-05-01", "1"), ("1e3 m", "1000"), ("3e", "3"), ("1e5x", "5"), ("007", "7"), ("0", "0"),
      (".5", "0.5"),
      ("3.", "3"), ("1.2.3", "3"), ("1,2345", "2345"), ("1234,567", "567"),
      ("1,234,567.89", "1234567.89"),
      ("12,345,67", "67"), ("-0", "0"), ("42.0", "42"), ("none", nil), ("", nil), ("삼십", nil),
      ("1e999999999999999999999 2", "2"),
      ("123456789012345678901234567890", "123456789012345678901234567890"), ("9e-2", "0.09"),
      ("-", nil), ("₩12,000", "12000"),
    ]
    for (text, number) in last {
      #expect(applied(.number(.last), to: text) == number, "\(text)")
    }
    #expect(applied(.number(.first), to: "between 3 and 5") == "3")
    #expect(applied(.number(.first), to: "1.2.3") == "1.2")
    #expect(applied(.number(.first), to: "1,2345") == "1")
  }

  @Test func `patterns give their first group that took part`() throws {
    let strict = try BoundedPattern(#"#### (\-?[0-9\.\,]+)"#)
    #expect(applied(.pattern(strict, .first), to: "x #### 1,000 y #### 7") == "1,000")
    #expect(applied(.pattern(strict, .last), to: "x #### 1,000 y #### 7") == "7")
    #expect(applied(.pattern(strict, .last), to: "1,000") == nil)
    let flexible = try BoundedPattern(#"(-?[$0-9.,]{2,})|(-?[0-9]+)"#)
    #expect(applied(.pattern(flexible, .last), to: "$18 or 7") == "7")
    #expect(applied(.pattern(try BoundedPattern("(x?)([0-9]+)"), .first), to: "a 7") == "7")
    #expect(applied(.pattern(try BoundedPattern(" [a-z]+ "), .first), to: "1 ab 2") == "ab")
    let hopeless = try BoundedPattern("(a+)+$")
    let text = String(repeating: "a", count: 60) + "b"
    #expect(applied(.pattern(hopeless, .first), to: text) == nil)
  }

  @Test func `choices are found in brackets, by words, behind a colon or alone`() {
    let step = AnswerNormalisation.Step.choice(["Apple", "Apple pie", "배", ""])
    #expect(applied(step, to: "I think (B), not (A).") == "B")
    #expect(applied(step, to: "It is Apple pie.") == "B")
    #expect(applied(.choice(["Apple pie", "Apple"]), to: "It is Apple pie.") == "A")
    #expect(applied(step, to: "정답은 배입니다") == "C")
    #expect(applied(step, to: "The answer: D.") == "D")
    #expect(applied(step, to: "The answer: Dog") == nil)
    #expect(applied(step, to: " D.") == "D")
    #expect(applied(step, to: "(E) or E") == nil)
    #expect(applied(step, to: "") == nil)
    #expect(applied(.choice([]), to: "(A)") == nil)
    #expect(applied(.choice(Array(repeating: "z", count: 40)), to: "(Z)") == "Z")
  }
}
